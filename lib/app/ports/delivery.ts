import type { BatchAnswer, DeliveryEvent } from "../../domain/delivery-event.ts";
import type { Drift } from "../../domain/drift.ts";
import type { Addition, Checkpoint, FoldStep } from "../../domain/fold.ts";
import type { Tally } from "../../domain/tally.ts";
import type { Instant } from "../../domain/window.ts";

export interface EventStore {
  /** Puts the event's row once; true when it was not there before. An impression is counted with its lease, if it has one. @throws Refusal `token-expired` when that was refunded. */
  record(event: DeliveryEvent): Promise<boolean>;
  /** When the impression of this placement was told; undefined when it was not. Consistent. */
  impressionAt(placement: Pick<DeliveryEvent, "surface" | "decision" | "slot">): Promise<Instant | undefined>;
}

export interface TallyStore {
  /** Of a day of UTC, `2026-06-01`, all or a brand's: in order of brand, campaign, card, phase and hour. */
  ofDay(surface: string, season: string, day: string, brand?: string): Promise<readonly Tally[]>;
  /** In order of those days. */
  ofSeason(surface: string, season: string): Promise<readonly Tally[]>;
  /** Impressions, but for invalid ones, of each brand that has any in these hours (`hourOf`), as far as they are folded. */
  deliveredByBrand(surface: string, season: string, hours: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface FoldStore {
  /** How far the shard is folded; undefined when nothing of it is. Consistent. */
  checkpoint(shard: string): Promise<Checkpoint | undefined>;
  /** Adds the step's sums and moves the checkpoint, if it is still where it was read; false, and nothing is done, when not. */
  advance(shard: string, from: Checkpoint | undefined, step: FoldStep): Promise<boolean>;
}

/** A showing of a batch, and when its card was decided on. */
export interface BatchedEvent {
  readonly event: DeliveryEvent;
  readonly decidedAt: Instant;
  /** Why it cannot be counted now; it may have been, when the batch came before. */
  readonly refused: BatchAnswer | null;
}

export interface BatchStore {
  /** Records a batch's events once, and answers each in its place; what is an answer already stays it. The same batch again is answered the same. @throws Refusal `batch-differs`; Unavailable. */
  record(batch: string, events: readonly (BatchedEvent | BatchAnswer)[]): Promise<readonly BatchAnswer[]>;
}

/** A row of the Delivery table, as far as it is of counting: an event, what a row of counts says, or the key of a row that cannot be read. */
export type Found = { readonly event: DeliveryEvent } | { readonly counted: Addition } | { readonly unreadable: string };

export interface RecountStore {
  /** All there is, in no order, by reading the whole table. @throws Unavailable. */
  everything(): AsyncIterable<Found>;
  /** Sets right what drifted, row by row, where it still says what was found; how many rows did. @throws Unavailable. */
  repair(drift: readonly Drift[]): Promise<number>;
}
