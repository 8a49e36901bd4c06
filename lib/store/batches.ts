import { createHash } from "node:crypto";
import type { BatchedEvent, BatchStore } from "../app/ports/delivery.ts";
import { Unavailable } from "../app/ports/unavailable.ts";
import { BATCH_ANSWERS, type BatchAnswer, type DeliveryEvent } from "../domain/delivery-event.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Bucket, bucketOf, readBucket, settleTaps, tokenOf, waitingTap } from "./buckets.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import { fingerprintOf, packEvents } from "./packed-events.ts";
import type { Item, Table, TransactItems } from "./table.ts";

/** One transaction takes a hundred items: rows of so many minutes, and counts of so many leases. */
const MOST_BUCKETS = 40;
const MOST_LEASES = 60;
/** Others put batches of the same minute meanwhile; each try reads what they put. */
const TRIES = 8;

type Told = readonly (BatchedEvent | BatchAnswer)[];
/** What there is to know of a batch before it is written. */
interface Reading {
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** Keys of rows of their own that are there. */
  readonly single: ReadonlySet<string>;
  /** Leases that have been refunded: nothing is counted by them any more. */
  readonly refunded: ReadonlySet<string>;
}

/**
 * Batches of showings, one row for each minute in which their cards were decided on. The row's place in its minute is the lock: what was read is
 * all there was, or the place is taken. A batch of one minute without capped campaigns is one plain write.
 */
export function batchStore(delivery: Table): BatchStore {
  return {
    async record(batch, told) {
      const id = tokenOf("batch", batch);
      const content = contentOf(told);
      const names = [...new Set(told.flatMap((one) => (typeof one === "string" ? [] : [bucketOf(one.event)])))].sort();
      const refunded = new Set<string>();
      for (let tries = 1; tries <= TRIES; tries++) {
        const taken = names.slice(0, MOST_BUCKETS);
        const buckets = new Map(await Promise.all(taken.map(async (name) => [name, await readBucket(delivery, name)] as const)));
        const own = [...buckets.values()].flatMap(({ batches }) => batches.filter((row) => row["batch"] === id));
        if (own.length > 0) {
          const first = own.find((row) => row["answers"] !== undefined);
          // Written between our readings of two minutes: its first row is there by now.
          if (!first) continue;
          if (first["content"] !== content) throw new Refusal("batch-differs");
          await settleAll(delivery, buckets);
          return unpackAnswers(first["answers"] as Uint8Array, told.length);
        }
        const single = await singlesAmong(delivery, told);
        const { answers, fresh, leases } = decide(told, { buckets, single, refunded });
        if (fresh.size === 0) {
          // Whoever put them may have ended before the taps that waited for them were settled.
          await settleAll(delivery, buckets);
          return answers;
        }
        const rows = [...fresh].map(([name, events], index) => ({
          ...keys.batch(name, buckets.get(name)?.batches.length ?? 0),
          ...packEvents(events),
          batch: id,
          ...(index === 0 ? { content, answers: packAnswers(answers) } : {}),
        }));
        const lost = await write(delivery, rows, [...leases]);
        if (lost === undefined) {
          await settleNew(delivery, fresh);
          return answers;
        }
        if (lost !== "") refunded.add(lost);
      }
      throw new Unavailable();
    },
  };
}

/** What a batch holds, so that another under its id is told from it. */
const contentOf = (told: Told): string =>
  createHash("sha256")
    .update(told.map((one) => (typeof one === "string" ? one : fingerprintOf(one.event))).join(" "))
    .digest("hex")
    .slice(0, 16);

async function singlesAmong(delivery: Table, told: Told): Promise<ReadonlySet<string>> {
  const wanted = new Map(
    told.flatMap((one) => {
      if (typeof one === "string" || one.refused !== null) return [];
      const key = rowOf(one.event);
      return [[key.pk + key.sk, key] as const];
    }),
  );
  return new Set((await delivery.getAll([...wanted.values()])).map(({ pk, sk }) => pk + sk));
}

const rowOf = ({ decision, slot, kind }: DeliveryEvent) => keys.event(decision, slot, kind);

/** Each event's answer, the events that are new by bucket, and how many of each lease are impressions among them. */
function decide(told: Told, { buckets, single, refunded }: Reading) {
  const fresh = new Map<string, DeliveryEvent[]>();
  const leases = new Map<string, number>();
  const seen = new Set<string>();
  const answerOf = (one: BatchedEvent | BatchAnswer): BatchAnswer => {
    if (typeof one === "string") return one;
    const { event, refused } = one;
    const bucket = buckets.get(bucketOf(event));
    const fingerprint = fingerprintOf(event);
    const { pk, sk } = rowOf(event);
    if (bucket?.known.has(fingerprint) || seen.has(fingerprint) || single.has(pk + sk)) return "duplicate";
    if (refused !== null) return refused;
    if (!bucket) return "send-again";
    if (event.kind === "impression" && event.lease !== "") {
      const lease = leaseName(event);
      if (refunded.has(lease)) return "token-expired";
      if (!leases.has(lease) && leases.size === MOST_LEASES) return "send-again";
      leases.set(lease, (leases.get(lease) ?? 0) + 1);
    }
    seen.add(fingerprint);
    const name = bucketOf(event);
    fresh.set(name, [...(fresh.get(name) ?? []), event]);
    return "counted";
  };
  return { answers: told.map(answerOf), fresh, leases };
}

const leaseName = ({ campaign, lease }: DeliveryEvent) => JSON.stringify({ campaign, id: lease });

/** Undefined when it is written; else the lease that is not there any more, or "" when a row's place was taken. */
async function write(delivery: Table, rows: readonly Item[], leases: readonly (readonly [string, number])[]): Promise<string | undefined> {
  const [only] = rows;
  if (only && rows.length === 1 && leases.length === 0) return (await delivery.putIfAbsent(only)) ? undefined : "";
  const TableName = delivery.name;
  const puts = rows.map((Item) => ({ Put: { TableName, Item, ConditionExpression: "attribute_not_exists(pk)" } }));
  const confirmed: TransactItems = leases.map(([lease, count]) => ({
    Update: {
      TableName,
      Key: keys.lease(JSON.parse(lease)),
      UpdateExpression: "ADD confirmed :count",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":count": count },
    },
  }));
  try {
    await delivery.transact(
      [...puts, ...confirmed],
      tokenOf(
        "batch",
        rows.map(({ packed, ...row }) => [row, digestOf(packed)]),
        leases,
      ),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return leases[error.index - puts.length]?.[0] ?? "";
  }
}

const digestOf = (bytes: unknown): string =>
  createHash("sha256")
    .update(bytes as Uint8Array)
    .digest("hex");

const settleAll = (delivery: Table, buckets: ReadonlyMap<string, Bucket>) =>
  Promise.all([...buckets.values()].map(({ awaiting, known }) => settleTaps(delivery, awaiting, known)));

/** The taps that came before these events: looked for after they are written. */
async function settleNew(delivery: Table, fresh: ReadonlyMap<string, readonly DeliveryEvent[]>): Promise<void> {
  for (const [name, events] of fresh) {
    const waiting = (await delivery.queryAll(keys.awaitingIn(name))).map(waitingTap);
    const shown = events.map((event) => [fingerprintOf(event), event.at] as const);
    if (waiting.length > 0) await settleTaps(delivery, waiting, new Map(shown));
  }
}

/** Four bits each. */
const packAnswers = (answers: readonly BatchAnswer[]): Uint8Array => {
  const digits = answers.map((answer) => BATCH_ANSWERS.indexOf(answer).toString(16)).join("");
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, "hex");
};

const unpackAnswers = (bytes: Uint8Array, length: number): readonly BatchAnswer[] =>
  Array.from(Buffer.from(bytes).toString("hex").slice(0, length), (digit) => BATCH_ANSWERS[Number.parseInt(digit, 16)] ?? "token-invalid");
