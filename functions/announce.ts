import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { announce, sweep } from "../lib/app/announce.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { log } from "../lib/deps/log.ts";
import { registryTable } from "../lib/deps/tables.ts";
import type { AuditEvent } from "../lib/domain/audit.ts";
import { eventInOutbox, feedStore } from "../lib/store/feed.ts";

const deps = { now: festivalClock(), log, feed: feedStore(registryTable("write")) };
const announceAll = announce(deps);
const sweepLate = sweep(deps);

/** The Registry's stream brings what is new in the outbox; every minute, what it did not bring is looked for. */
export const handler = async (event: DynamoDBStreamEvent | { readonly source: string }) =>
  "Records" in event ? announceRecords(event) : sweepLate();

/**
 * The first record that cannot be handled is named, so that it and those behind it come again, and after its retries goes to
 * the dead letters (serverless.yml). What was announced already is left alone then.
 */
async function announceRecords({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  try {
    await announceAll(Records.flatMap(eventsIn));
    return { batchItemFailures: [] };
  } catch {
    // One at a time, to find which it is, with those before it done.
    return announceEach(Records);
  }
}

async function announceEach(records: DynamoDBStreamEvent["Records"]): Promise<DynamoDBBatchResponse> {
  for (const record of records)
    try {
      await announceAll(eventsIn(record));
    } catch (error) {
      const itemIdentifier = record.dynamodb?.SequenceNumber ?? "";
      log("error", "announcement-failed", { sequence: itemIdentifier, error: error instanceof Error ? error.message : typeof error });
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  return { batchItemFailures: [] };
}

function eventsIn(record: DynamoDBStreamEvent["Records"][number]): AuditEvent[] {
  const event = eventInOutbox(record);
  return event ? [event] : [];
}
