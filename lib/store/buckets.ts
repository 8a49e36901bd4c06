import { createHash } from "node:crypto";
import { decidedAt } from "../domain/decision-id.ts";
import type { DeliveryEvent, InvalidReason } from "../domain/delivery-event.ts";
import { tapReason } from "../domain/traffic.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import { fingerprintOf, type PackedEvents, unpackEvents } from "./packed-events.ts";
import type { Item, Table } from "./table.ts";

/** What stands in a bucket: the batches, when each of their events was, and the taps that wait for theirs. */
export interface Bucket {
  readonly batches: readonly Item[];
  /** By fingerprint. Epoch milliseconds. */
  readonly known: ReadonlyMap<string, number>;
  readonly awaiting: readonly WaitingTap[];
}

/** A tap that was recorded while its impression was not known. */
export interface WaitingTap {
  readonly bucket: string;
  /** Its impression's. */
  readonly fingerprint: string;
  readonly decision: string;
  readonly slot: number;
  readonly at: number;
}

export const bucketOf = ({ surface, decision }: Pick<DeliveryEvent, "surface" | "decision">): string =>
  keys.bucket(surface, decidedAt(decision));

/** Consistent. */
export async function readBucket(delivery: Table, bucket: string): Promise<Bucket> {
  const items = await delivery.queryAll({ pk: bucket });
  const batches = items.filter(({ sk }) => keys.isBatch(sk));
  const events = batches.flatMap((item) => unpackEvents(item as unknown as PackedEvents));
  return {
    batches,
    known: new Map(events.map(({ fingerprint, event }) => [fingerprint, event.at])),
    awaiting: items.filter(({ sk }) => !keys.isBatch(sk)).map(waitingTap),
  };
}

/** The tap's mark in the bucket, beside its row: whoever brings its impression finds it there. */
export function waitingRow({ surface, decision, slot, at }: DeliveryEvent): Item {
  const bucket = bucketOf({ surface, decision });
  const fingerprint = fingerprintOf({ decision, slot, kind: "impression" });
  return { ...keys.awaiting(bucket, fingerprint), bucket, fingerprint, decision, slot, at };
}

export const waitingTap = ({ bucket, fingerprint, decision, slot, at }: Item): WaitingTap => ({
  bucket: String(bucket),
  fingerprint: String(fingerprint),
  decision: String(decision),
  slot: Number(slot),
  at: Number(at),
});

/**
 * Those of the taps whose impressions are known count, or not, by when these were. Both sides write before they read: whichever of a tap
 * and its impression comes second sees the other, and a tap that is settled twice is settled once, by the condition on its row.
 */
export async function settleTaps(delivery: Table, taps: readonly WaitingTap[], shown: ReadonlyMap<string, number>): Promise<void> {
  await Promise.all(
    taps.filter(({ fingerprint }) => shown.has(fingerprint)).map((tap) => settle(delivery, tap, shown.get(tap.fingerprint))),
  );
}

async function settle(delivery: Table, tap: WaitingTap, shownAt: number | undefined): Promise<void> {
  const TableName = delivery.name;
  const before: InvalidReason = "no-impression";
  const settled = {
    Update: {
      TableName,
      Key: keys.event(tap.decision, tap.slot, "click"),
      UpdateExpression: "SET #doc.#invalid = :now, settled = :true",
      ConditionExpression: "#doc.#invalid = :before AND attribute_not_exists(settled)",
      ExpressionAttributeNames: { "#doc": "doc", "#invalid": "invalid" },
      ExpressionAttributeValues: { ":now": tapReason(tap.at, shownAt), ":before": before, ":true": true },
    },
  };
  const noLonger = { Delete: { TableName, Key: keys.awaiting(tap.bucket, tap.fingerprint) } };
  try {
    await delivery.transact([settled, noLonger], tokenOf("settle", TableName, tap.decision, tap.slot, shownAt));
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** A transaction's name: the same for the same parts. */
export const tokenOf = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 36);
