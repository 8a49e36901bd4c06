import type { Random } from "./random.ts";
import type { Timetable } from "./timetable.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Around every instant at which the season turns, minute by minute; else now and then: nothing that is served waits for a tick. */
const NEAR_MS = 5 * MINUTE_MS;
const ELSEWHERE_MS = 12 * HOUR_MS;
/** How often a tick does not come, comes late, and comes twice at once. */
const FAULTS = { missing: 0.1, late: 0.1, twice: 0.1 } as const;
const LATEST_MS = 90 * MINUTE_MS;

/** When the season clock is called, and how many times at once. The last is always called: what was missed has to be caught up by then. */
export function tickTimes(times: Timetable, random: Random): readonly { readonly at: number; readonly times: number }[] {
  const turns = [...times.phases.flatMap(({ opensAt, closesAt }) => [opensAt, closesAt]), times.instants.reportFinal];
  const near = turns.flatMap((turn) => Array.from({ length: (2 * NEAR_MS) / MINUTE_MS + 1 }, (_, n) => turn - NEAR_MS + n * MINUTE_MS));
  const elsewhere = Array.from(
    { length: Math.ceil((times.endsAt - times.startsAt) / ELSEWHERE_MS) },
    (_, n) => times.startsAt + n * ELSEWHERE_MS,
  );
  const called = [...near, ...elsewhere].flatMap((at) => {
    if (random.happens(FAULTS.missing)) return [];
    const late = random.happens(FAULTS.late) ? random.below(LATEST_MS) : 0;
    return [{ at: Math.min(at + late, times.endsAt), times: random.happens(FAULTS.twice) ? 2 : 1 }];
  });
  return [...called, { at: times.endsAt, times: 1 }];
}
