import { type Drift, driftBetween } from "../domain/drift.ts";
import { type Addition, additionsOf, addTo } from "../domain/fold.ts";
import type { RecountStore } from "./ports/delivery.ts";

interface Deps {
  readonly recounts: RecountStore;
}

/** What was found: events read, rows that cannot be read, and every counter that is not what the events come to. */
export interface Recount {
  readonly events: number;
  readonly unreadable: readonly string[];
  readonly drift: readonly Drift[];
}

/**
 * Counts all events again and compares. It is exact once the stream has been folded to its end: what is on its way there is drift.
 * The sums are held in memory, the events are not. @throws Unavailable.
 */
export const recount =
  ({ recounts }: Deps) =>
  async (): Promise<Recount> => {
    let events = 0;
    const unreadable: string[] = [];
    const counted: Addition[] = [];
    const sums = new Map<string, Addition>();
    for await (const found of recounts.everything()) {
      if ("unreadable" in found) unreadable.push(found.unreadable);
      else if ("counted" in found) counted.push(found.counted);
      else {
        events += 1;
        for (const addition of additionsOf(found.event)) addTo(sums, addition);
      }
    }
    return { events, unreadable, drift: driftBetween(sums.values(), counted) };
  };
