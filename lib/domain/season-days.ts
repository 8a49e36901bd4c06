import { Temporal } from "temporal-polyfill";
import { type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

/**
 * When each day of the season begins in its zone, from the day it opens on; the last is the beginning of the day after it closes. Worked
 * out where snapshots are published, so that who decides needs no calendar. A day is not always 24 hours, nor does it always begin at 00:00.
 */
export function daysOf({ zone, phases }: Pick<Season, "zone" | "phases">): readonly Instant[] {
  const { opensAt, closesAt } = span({ phases });
  const days: Instant[] = [];
  let day = Temporal.Instant.fromEpochMilliseconds(opensAt).toZonedDateTimeISO(zone).startOfDay();
  while (day.epochMilliseconds < closesAt) {
    days.push(day.epochMilliseconds);
    day = day.add({ days: 1 }).startOfDay();
  }
  return [...days, day.epochMilliseconds];
}
