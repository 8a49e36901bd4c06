import type { DynamoDBStreamEvent } from "aws-lambda";
import { foldEvents } from "../lib/app/fold-events.ts";
import { log } from "../lib/deps/log.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { streamedRecord } from "../lib/store/events.ts";
import { foldStore } from "../lib/store/folds.ts";

const fold = foldEvents({ folds: foldStore(deliveryTable("write")), log });

/** What Lambda adds where a tumbling window is set: without one it does not say which shard a batch is of. */
interface Windowed {
  readonly shardId?: string;
}

/**
 * The Delivery table's stream: new event rows are added to their tallies, once (docs/decisions/0022). What is thrown makes the batch come
 * again, of which what is folded already is skipped. A window's reply has a state, which we do not need: the table keeps ours.
 */
export const handler = async ({ Records, shardId }: DynamoDBStreamEvent & Windowed): Promise<{ readonly state: object }> => {
  // serverless-offline knows no windows; DynamoDB Local's records are numbered through all of a stream's shards.
  await fold(shardId ?? String(Records[0]?.eventSourceARN), Records.map(streamedRecord));
  return { state: {} };
};
