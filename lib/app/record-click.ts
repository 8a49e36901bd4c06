import { type DeliveryEvent, delivered, type Placed } from "../domain/delivery-event.ts";
import { tapReason, trafficReason } from "../domain/traffic.ts";
import type { Instant } from "../domain/window.ts";
import type { Briefly } from "./briefly.ts";
import type { Caller } from "./ports/call.ts";
import type { EventStore } from "./ports/delivery.ts";
import type { ReadSigns } from "./ports/traffic.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log } from "./ports/world.ts";

interface Deps {
  readonly events: EventStore;
  readonly signs: ReadSigns;
  readonly briefly: Briefly;
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
  ({ events, signs, briefly, log }: Deps) =>
  async (placed: Placed, { at, link, caller }: Tap): Promise<void> => {
    const click = delivered(placed, { kind: "click", at, link, invalid: trafficReason("click", signs(caller, "click", at), placed.os) });
    try {
      await briefly(async () => events.record(await judged(events, click)));
    } catch (error) {
      // Whatever it is: the tap is led on, and the line can be replayed. What is not the store's being away is somebody's to look into.
      if (!(error instanceof Unavailable)) log("error", "click-failed", { error: String(error) });
      log("error", "click-unrecorded", { click });
    }
  };

/** The click as it is recorded: what its caller's signs did not say against it, the time of its impression may. */
export const judged = async (events: Pick<EventStore, "impressionAt">, click: DeliveryEvent): Promise<DeliveryEvent> =>
  click.invalid === null ? { ...click, invalid: tapReason(click.at, await events.impressionAt(click)) } : click;
