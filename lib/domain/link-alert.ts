import { hourOf, landingsIn, summed, type Tally } from "./tally.ts";
import { HOUR_MS, type Instant } from "./window.ts";

/** A way into an app that has stopped to lead there as it did. */
export interface LinkAlert {
  readonly link: string;
  readonly os: string;
  /** Of the taps whose end was told: how many in the last hour or two, what share of them opened the app, and what share did before. */
  readonly told: number;
  readonly opened: number;
  readonly openedBefore: number;
}

/** The hour that is on, and the one before it, so that there is always an hour to look at. */
const RECENT_HOURS = 2;
/** What it is compared with: a day, so that a time of day at which phones are other ones does not look like a fault. */
const BEFORE_HOURS = 24;
/** Fewer say nothing, in either time. */
const ENOUGH = 100;
/** It has fallen when it is below this part of what it was. */
const FALLEN = 0.7;

/** The hours that have to be known to say so at `now`. */
export const hoursWatched = (now: Instant): { readonly opensAt: Instant; readonly closesAt: Instant } => ({
  opensAt: now - (RECENT_HOURS - 1 + BEFORE_HOURS) * HOUR_MS,
  closesAt: now + 1,
});

/** Link forms that under a system open the app for a smaller share of those who tapped than in the day before; none by too few taps. */
export function failingLinks(tallies: readonly Tally[], now: Instant): readonly LinkAlert[] {
  const since = hourOf(now - (RECENT_HOURS - 1) * HOUR_MS);
  const first = hourOf(hoursWatched(now).opensAt);
  const recent = landed(tallies.filter(({ hour }) => hour >= since));
  const before = landed(tallies.filter(({ hour }) => first <= hour && hour < since));
  return [...recent].flatMap(([name, { link, os, told, opened }]) => {
    const then = before.get(name);
    if (!then || told < ENOUGH || then.told < ENOUGH) return [];
    const [share, shareBefore] = [opened / told, then.opened / then.told];
    return share < FALLEN * shareBefore ? [{ link, os, told, opened: share, openedBefore: shareBefore }] : [];
  });
}

interface Landed {
  readonly link: string;
  readonly os: string;
  readonly told: number;
  readonly opened: number;
}

function landed(tallies: readonly Tally[]): ReadonlyMap<string, Landed> {
  const all = landingsIn(summed(tallies.map(({ counters }) => counters)));
  const groups = Map.groupBy(all, ({ link, os }) => `${link} ${os}`);
  return new Map(
    [...groups]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, counts]) => {
        const sum = (some: typeof counts) => some.reduce((total, { count }) => total + count, 0);
        const [link = "", os = ""] = name.split(" ");
        return [name, { link, os, told: sum(counts), opened: sum(counts.filter(({ outcome }) => outcome === "opened-app")) }];
      }),
  );
}
