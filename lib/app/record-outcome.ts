import { delivered, type Outcome, type Placed } from "../domain/delivery-event.ts";
import type { Instant } from "../domain/window.ts";
import type { Caller } from "./ports/call.ts";
import type { EventStore } from "./ports/delivery.ts";

interface Deps {
  readonly events: EventStore;
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
  ({ events }: Deps) =>
  async (placed: Placed, { at, outcome, link = null }: Landing): Promise<void> => {
    await events.record(delivered(placed, { kind: "outcome", at, outcome, link }));
  };
