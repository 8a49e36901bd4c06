import type { DeliveryEvent } from "../../domain/delivery-event.ts";
import type { Checkpoint, FoldStep } from "../../domain/fold.ts";
import type { Tally } from "../../domain/tally.ts";

export interface EventStore {
  /** Puts the event's row once; true when it was not there before. An impression is counted with its lease, if it has one. @throws Refusal `token-expired` when that was refunded. */
  record(event: DeliveryEvent): Promise<boolean>;
  /** Whether the impression of this placement has been recorded. */
  hasImpression(decision: string, slot: number): Promise<boolean>;
}

export interface TallyStore {
  /** In order of brand, campaign, card, phase and hour. */
  ofBrand(surface: string, season: string, brand: string): Promise<readonly Tally[]>;
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
