import type { Frequency, FrequencyUnit } from "./campaign.ts";
import { DAY_MS, HOUR_MS, type Instant } from "./window.ts";

const UNIT_MS: Readonly<Record<FrequencyUnit, number>> = {
  minute: 60_000,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
};

/**
 * After so long a viewer counts as another: the longest window there is, four weeks. With the day on which rows are dropped it stays
 * below the 35 days for which anything of a viewer may be kept (reliability.md P10). Milliseconds.
 */
export const ROTATION_MS = 4 * UNIT_MS.week;

/** Where in a season's rotations an instant stands. They are counted from the season's first day, so that its windows begin with days there. */
export interface Rotation {
  readonly number: number;
  readonly endsAt: Instant;
}

export function rotationAt(origin: Instant, at: Instant): Rotation {
  const number = Math.floor((at - origin) / ROTATION_MS);
  return { number, endsAt: origin + (number + 1) * ROTATION_MS };
}

/** How often a viewer has been shown each campaign, in the window in which that last was. */
export type ViewerCounts = Readonly<Record<string, string>>;

/** The fixed window that `at` falls into, named within its rotation: `2x3day`, the third of those of two days. No window goes beyond a rotation. */
export function windowAt({ units, unit }: Frequency, origin: Instant, at: Instant): string {
  const { endsAt } = rotationAt(origin, at);
  return `${units}x${Math.floor((at - (endsAt - ROTATION_MS)) / (units * UNIT_MS[unit]))}${unit}`;
}

/** How often the campaign was shown in the window. */
export function timesIn(window: string, count: string | undefined): number {
  const [then, times] = count?.split(" ") ?? [];
  return then === window ? Number(times) : 0;
}

/** The count with one more in the window. */
export const oneMore = (window: string, count: string | undefined): string => `${window} ${timesIn(window, count) + 1}`;
