import { type Random, randomOf } from "./random.ts";
import type { Timetable } from "./timetable.ts";

/** Viewers who scroll at one instant: how many ask in this process, and how many more over HTTP. */
export interface Burst {
  readonly at: number;
  readonly viewers: number;
  readonly overHttp: number;
  /** How many slots each asks for; by itself one to three. */
  readonly slots?: number;
}

const HOUR_MS = 3_600_000;
const MOST_AT_ONCE = 40;
/** About how much of a day's scrolling falls into each hour, in the season's zone; a curve of our own with a noon and an evening peak. */
const DAILY = [3, 2, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 9, 8, 6, 6, 6, 7, 8, 10, 12, 13, 11, 7] as const;
/** Outside the windows the feed asks as well, and shows something else. */
const CLOSED_SHARE = 0.15;
/** How much more is asked right after an opening, and in how many hours that has halved. */
const RUSH = { factor: 8, halvesIn: 3 } as const;
/** The instants around a boundary that are asked about one by one. Milliseconds. */
const EDGES = [-60_000, -1_000, -251, -250, -249, -1, 0, 1, 249, 250, 251, 1_000, 60_000] as const;

/** How heavy an hour is, beside the others. */
function weightOf(times: Timetable, from: number, hourIn: (at: number) => number): number {
  const daily = DAILY[hourIn(from)] ?? 1;
  const phase = times.phases.find(({ opensAt, closesAt }) => from + HOUR_MS > opensAt && from < closesAt);
  if (!phase) return daily * CLOSED_SHARE;
  const hoursOpen = Math.max(0, (from - phase.opensAt) / HOUR_MS);
  return daily * (1 + RUSH.factor * 2 ** (-hoursOpen / RUSH.halvesIn));
}

function hourInZone(zone: string) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" });
  return (at: number) => Number(format.format(at));
}

/** When viewers come: `decisions` of them over the whole season, `overHttp` of these over HTTP, and a few at every edge of a window. */
export function crowd(times: Timetable, { decisions, overHttp, seed }: { decisions: number; overHttp: number; seed: number }): Burst[] {
  const random = randomOf(seed, 1);
  const edges = times.phases.flatMap(({ opensAt, closesAt }) =>
    [opensAt, closesAt].flatMap((boundary) => EDGES.map((edge): Burst => ({ at: boundary + edge, viewers: 3, overHttp: 0 }))),
  );
  const hours = Array.from({ length: Math.floor((times.endsAt - times.startsAt) / HOUR_MS) }, (_, n) => times.startsAt + n * HOUR_MS);
  const hourIn = hourInZone(times.zone);
  const weights = hours.map((hour) => weightOf(times, hour, hourIn));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const still = Math.max(0, decisions - edges.length * 3);
  let [owed, given] = [0, 0];
  const scrolling = hours.flatMap((hour, index) => {
    owed += (still * (weights[index] ?? 0)) / all;
    const count = index === hours.length - 1 ? still - given : Math.round(owed) - given;
    given += count;
    return burstsIn(hour, count, random);
  });
  return withHttp([...edges, ...scrolling], overHttp, random).sort((one, other) => one.at - other.at);
}

function burstsIn(hour: number, count: number, random: Random): Burst[] {
  const bursts = Math.ceil(count / MOST_AT_ONCE);
  return Array.from({ length: bursts }, (_, n) => ({
    at: hour + random.below(HOUR_MS),
    viewers: Math.floor((count * (n + 1)) / bursts) - Math.floor((count * n) / bursts),
    overHttp: 0,
  }));
}

/** Spread evenly over all bursts, so that each phase and the times between have their share. */
function withHttp(bursts: readonly Burst[], overHttp: number, random: Random): Burst[] {
  const total = bursts.reduce((sum, { viewers }) => sum + viewers, 0);
  let owed = random();
  return bursts.map((burst) => {
    owed += (burst.viewers * overHttp) / Math.max(1, total);
    const mine = Math.floor(owed);
    owed -= mine;
    return { ...burst, overHttp: mine };
  });
}
