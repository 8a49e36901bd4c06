import { delivered, type Placed } from "../domain/delivery-event.ts";
import type { Instant } from "../domain/window.ts";
import type { Caller } from "./ports/call.ts";
import type { EventStore } from "./ports/delivery.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log } from "./ports/world.ts";

interface Deps {
  readonly events: EventStore;
  readonly log: Log;
}

/** What a tap is recorded with: when it was, where it was sent (the link form's id), and whose request it was. */
export interface Tap {
  readonly at: Instant;
  readonly link: string;
  readonly caller: Caller;
}

/** Records a tap once. When the store is not there it is a log line that can be replayed instead: the tap is sent on either way. */
export const recordClick =
  ({ events, log }: Deps) =>
  async (placed: Placed, { at, link }: Tap): Promise<void> => {
    const click = delivered(placed, { kind: "click", at, link });
    try {
      const invalid = (await events.hasImpression(placed.decision, placed.slot)) ? null : "no-impression";
      await events.record({ ...click, invalid });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      log("error", "click-unrecorded", { click });
    }
  };
