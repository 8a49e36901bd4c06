import type { DeliveryEvent } from "../domain/delivery-event.ts";
import type { EventStore } from "./ports/delivery.ts";
import { judged } from "./record-click.ts";

interface Deps {
  readonly events: EventStore;
}

/** Records a tap that was led on while the store was away, by its log line. Once, however often, and whether or not it was recorded after all. @throws Unavailable. */
export const replayClick =
  ({ events }: Deps) =>
  async (click: DeliveryEvent): Promise<"counted" | "duplicate"> =>
    (await events.record(await judged(events, click))) ? "counted" : "duplicate";
