import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { log } from "../lib/deps/log.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { eventInRecord } from "../lib/store/events.ts";
import { tallyStore } from "../lib/store/tallies.ts";

const tallies = tallyStore(deliveryTable("write"));

/**
 * The Delivery table's stream: each new event row is added to its tally, once. The first record that fails is named, so
 * that it and those behind it come again, and after its retries goes to the dead letters (serverless.yml).
 */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  for (const record of Records) {
    const itemIdentifier = record.dynamodb?.SequenceNumber ?? "";
    try {
      const event = eventInRecord(record);
      if (event) await tallies.fold(event);
    } catch (error) {
      log("error", "fold-failed", { sequence: itemIdentifier, error: error instanceof Error ? error.message : typeof error });
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
};
