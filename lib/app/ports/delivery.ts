import type { DeliveryEvent } from "../../domain/delivery-event.ts";
import type { Tally } from "../../domain/tally.ts";

export interface EventStore {
  /** Puts the event's row once; true when it was not there before. An impression is counted with its lease, if it has one. @throws Refusal `token-expired` when that was refunded. */
  record(event: DeliveryEvent): Promise<boolean>;
  /** Whether the impression of this placement has been recorded. */
  hasImpression(decision: string, slot: number): Promise<boolean>;
}

export interface TallyStore {
  /** Adds the recorded event to its tally, once however often it is called. */
  fold(event: DeliveryEvent): Promise<void>;
  ofBrand(surface: string, season: string, brand: string): Promise<readonly Tally[]>;
  ofSeason(surface: string, season: string): Promise<readonly Tally[]>;
}
