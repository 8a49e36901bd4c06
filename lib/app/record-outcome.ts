import { delivered, type Outcome, type Placed } from "../domain/delivery-event.ts";
import { trafficReason } from "../domain/traffic.ts";
import type { Instant } from "../domain/window.ts";
import type { Caller } from "./ports/call.ts";
import type { EventStore } from "./ports/delivery.ts";
import type { ReadSigns } from "./ports/traffic.ts";

interface Deps {
  readonly events: EventStore;
  readonly signs: ReadSigns;
}

/** What became of a tap, when it was told, of which link form where that is known, and whose request it was. */
export interface Landing {
  readonly at: Instant;
  readonly outcome: Outcome;
  readonly link?: string | null;
  readonly caller: Caller;
}

/** Records what became of a tap, once: the first that is told. @throws Unavailable. */
export const recordOutcome =
  ({ events, signs }: Deps) =>
  async (placed: Placed, { at, outcome, link = null, caller }: Landing): Promise<void> => {
    const invalid = trafficReason("outcome", signs(caller, "outcome", at), placed.os);
    await events.record(delivered(placed, { kind: "outcome", at, outcome, link, invalid }));
  };
