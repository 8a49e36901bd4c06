import type { ServedCampaign, ServedSeason } from "./snapshot.ts";
import type { Instant, Window } from "./window.ts";

/** What of a campaign may have been reserved by now; null where there is no limit. */
export interface Allowance {
  /** The day of the season's zone that it is. */
  readonly day: Window;
  readonly daily: number | null;
  readonly total: number | null;
}

type Paced = Pick<ServedCampaign, "caps" | "pacing" | "flight">;
type Days = Pick<ServedSeason, "phases" | "days">;

/** Whether it is counted at all. */
export const isCapped = ({ caps }: Pick<ServedCampaign, "caps">): boolean => caps.daily !== null || caps.total !== null;

/** Whether a cap of any kind has a say: of its impressions, or of how often one viewer sees it. */
export const hasCap = (campaign: Pick<ServedCampaign, "caps" | "frequency">): boolean => campaign.frequency !== null || isCapped(campaign);

/**
 * "As fast as possible" allows all at once. "Even" allows as much as of the campaign's open time has passed: of the day's cap the part
 * of the day; where there is none, of the whole cap the part of the season. What was not used stays allowed, so a slow hour is made
 * good. Never more than a cap, and of what begins at least one.
 */
export function allowanceAt(season: Days, { caps, pacing, flight }: Paced, at: Instant): Allowance {
  const day = dayAt(season, at);
  const isEven = pacing === "even";
  const open = isEven ? openWindows(season, flight) : [];
  return {
    day,
    daily: caps.daily !== null && isEven ? passed(caps.daily, within(open, day), at) : caps.daily,
    total: caps.total !== null && caps.daily === null && isEven ? passed(caps.total, open, at) : caps.total,
  };
}

/** The day of the season's zone that `at` falls into. */
export function dayAt({ days }: Pick<ServedSeason, "days">, at: Instant): Window {
  const index = Math.max(
    days.findLastIndex((start) => start <= at),
    0,
  );
  return { opensAt: days[index] ?? at, closesAt: days[index + 1] ?? Number.POSITIVE_INFINITY };
}

/** Of the cap, as much as of the windows has passed at `at`. */
function passed(cap: number, windows: readonly Window[], at: Instant): number {
  const whole = lengthOf(windows);
  if (whole === 0) return 0;
  const begun = lengthOf(within(windows, { opensAt: Number.NEGATIVE_INFINITY, closesAt: at }));
  return Math.min(cap, Math.ceil((cap * begun) / whole));
}

/** When the campaign is open: its flight, as far as the season is. */
const openWindows = ({ phases }: Days, flight: Window | null): readonly Window[] => (flight ? within(phases, flight) : phases);

const within = (windows: readonly Window[], bounds: Window): readonly Window[] =>
  windows.flatMap(({ opensAt, closesAt }) => {
    const inside = { opensAt: Math.max(opensAt, bounds.opensAt), closesAt: Math.min(closesAt, bounds.closesAt) };
    return inside.opensAt < inside.closesAt ? [inside] : [];
  });

const lengthOf = (windows: readonly Window[]): number => windows.reduce((sum, { opensAt, closesAt }) => sum + closesAt - opensAt, 0);
