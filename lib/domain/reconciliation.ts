import type { Credit } from "./credit.ts";
import { COUNTS, type Count, countedIn } from "./delivery-report.ts";
import { hoursOfDay } from "./statement.ts";
import { type Counters, hourOf, summed, type Tally } from "./tally.ts";
import { HOUR_MS, type Instant, type Window } from "./window.ts";

/** What both sides settle by. */
type Compare = Extract<Count, "impressions" | "clicks">;

/** What the other side has counted of a brand on a day of its own. */
export interface TheirDay {
  readonly brand: string;
  readonly day: string;
  readonly impressions: number;
  readonly clicks: number;
}

/** Something that the other side may have counted, or left out, and we not; at most so many. */
export interface Ground {
  readonly by: string;
  readonly most: number;
}

/** Why the other side may have more than we, or less. */
export interface Grounds {
  readonly more: readonly Ground[];
  readonly less: readonly Ground[];
}

/** A part of a difference, with its sign. */
export interface Explanation {
  readonly by: string;
  readonly count: number;
}

/** Two counts of the same: difference = theirs - ours = the sum of what explains it + what is left. */
export interface Comparison {
  readonly ours: number;
  readonly theirs: number;
  readonly difference: number;
  readonly explained: readonly Explanation[];
  readonly unexplained: number;
  /** Whether what is left is within the tolerance of the larger count. */
  readonly within: boolean;
}

/** One part in ten thousand. */
const WHOLE = 10_000;

/**
 * What of the difference can be explained. First by where days begin, which is known: `shift` is how many more of our own lie in
 * their day than in ours. What is left by grounds: by those of them that, whole, come nearest to it, then by parts of the others in
 * their order. It is what can be, and not what was: nobody sees into the other side's counts.
 */
export function compared(
  { ours, theirs, shift }: { readonly ours: number; readonly theirs: number; readonly shift: number },
  grounds: Grounds,
  toleranceBasisPoints: number,
): Comparison {
  const difference = theirs - ours;
  const rest = difference - shift;
  const sign = rest < 0 ? -1 : 1;
  const [parts, left] = accounted(Math.abs(rest), rest < 0 ? grounds.less : grounds.more);
  const explained = [
    ...(shift === 0 ? [] : [{ by: "day-boundary", count: shift }]),
    ...parts.map(({ by, count }) => ({ by, count: sign * count })),
  ];
  return { ours, theirs, difference, explained, ...judged(left === 0 ? 0 : sign * left, { ours, theirs }, toleranceBasisPoints) };
}

const judged = (unexplained: number, { ours, theirs }: Pick<Comparison, "ours" | "theirs">, toleranceBasisPoints: number) => ({
  unexplained,
  within: Math.abs(unexplained) * WHOLE <= toleranceBasisPoints * Math.max(ours, theirs),
});

/** What grounds come to of an amount, and what is left of it. */
function accounted(amount: number, grounds: readonly Ground[]): readonly [readonly Explanation[], number] {
  const some = grounds.filter(({ most }) => most > 0);
  const whole = nearestBelow(amount, some);
  let left = amount - sumOf(whole);
  const parts = whole.map(({ by, most }) => ({ by, count: most }));
  for (const { by, most } of some.filter((ground) => !whole.includes(ground))) {
    const count = Math.min(left, most);
    if (count > 0) parts.push({ by, count });
    left -= count;
  }
  return [parts, left];
}

/** Of all choices of grounds the one that comes nearest to the amount without going beyond, the fewest where several do. */
function nearestBelow(amount: number, grounds: readonly Ground[]): readonly Ground[] {
  const choices: (readonly Ground[])[] = [[]];
  for (const ground of grounds) choices.push(...choices.map((choice) => [...choice, ground]));
  return choices
    .filter((choice) => sumOf(choice) <= amount)
    .reduce((best, choice) => {
      const [a, b] = [sumOf(best), sumOf(choice)];
      return b > a || (b === a && choice.length < best.length) ? choice : best;
    });
}

const sumOf = (grounds: readonly Ground[]): number => grounds.reduce((sum, { most }) => sum + most, 0);

/** How two sides' counts are compared. */
export interface Terms {
  /** The season's. */
  readonly zone: string;
  /** At which the other side's days begin; null when they are the season's. */
  readonly offset: string | null;
  readonly toleranceBasisPoints: number;
}

type Compared = Readonly<Record<Compare, Comparison>>;

export interface Reconciliation {
  readonly rows: readonly (Pick<TheirDay, "brand" | "day"> & Compared)[];
  readonly total: Compared;
  /** What we counted on the same days of brands that were not sent. */
  readonly unsent: { readonly brandDays: number } & Readonly<Record<Compare, number>>;
}

/** The hours that have to be known to compare these days. */
export function hoursCompared(days: readonly Pick<TheirDay, "day">[], { zone, offset }: Terms): Window {
  const windows = days.flatMap(({ day }) => [hoursOfDay(zone, day), hoursOfDay(offset ?? zone, day)]);
  return { opensAt: Math.min(...windows.map(({ opensAt }) => opensAt)), closesAt: Math.max(...windows.map(({ closesAt }) => closesAt)) };
}

/** What we know of the season on the surface. */
export interface Ours {
  readonly tallies: readonly Tally[];
  readonly credits: readonly Pick<Credit, "brand" | "day" | "kind" | "count">[];
}

/** Their counts and ours, brand by brand and day by day. */
export function reconciled(theirs: readonly TheirDay[], { tallies, credits }: Ours, terms: Terms): Reconciliation {
  const { zone, offset, toleranceBasisPoints } = terms;
  const namesOf = hourNames();
  const hours = Map.groupBy(tallies, ({ brand, hour }) => `${brand} ${hour}`);
  const counted = (brand: string, { opensAt, closesAt }: Window): Counters => {
    const names = namesOf(opensAt, closesAt);
    return summed(names.flatMap((hour) => (hours.get(`${brand} ${hour}`) ?? []).map(({ counters }) => counters)));
  };
  const given = summed(credits.map(({ brand, day, kind, count }) => ({ [`${brand} ${day} ${kind}`]: count })));
  const credited = (name: string): number => given[name] ?? 0;
  const rows = theirs.map(({ brand, day, ...their }) => {
    const ours = countedIn(counted(brand, hoursOfDay(zone, day)));
    const inTheirDay = offset === null ? ours : countedIn(counted(brand, hoursOfDay(offset, day)));
    const each = (count: Compare): Comparison => {
      const grounds = {
        more: [
          { by: "late", most: inTheirDay.late[count] },
          ...Object.entries(inTheirDay.invalid[count]).map(([reason, most]) => ({ by: `invalid:${reason}`, most })),
        ],
        less: [
          ...(count === "impressions" ? [{ by: "sub-second", most: inTheirDay.subSecond }] : []),
          { by: "credited", most: credited(`${brand} ${day} ${COUNTS[count]}`) },
        ],
      };
      const shift = inTheirDay[count] - ours[count];
      return compared({ ours: ours[count], theirs: their[count], shift }, grounds, toleranceBasisPoints);
    };
    return { brand, day, impressions: each("impressions"), clicks: each("clicks") };
  });
  const total = (count: Compare): Comparison =>
    totalOf(
      rows.map((row) => row[count]),
      toleranceBasisPoints,
    );
  return { rows, total: { impressions: total("impressions"), clicks: total("clicks") }, unsent: unsentIn(theirs, tallies, counted, zone) };
}

function totalOf(all: readonly Comparison[], toleranceBasisPoints: number): Comparison {
  const sum = (of: (each: Comparison) => number) => all.reduce((total, each) => total + of(each), 0);
  const [ours, theirs] = [sum(({ ours }) => ours), sum(({ theirs }) => theirs)];
  const explained = summed(all.flatMap((each) => each.explained.map(({ by, count }) => ({ [by]: count }))));
  return {
    ...{ ours, theirs, difference: theirs - ours },
    explained: Object.entries(explained).map(([by, count]) => ({ by, count })),
    ...judged(
      sum(({ unexplained }) => unexplained),
      { ours, theirs },
      toleranceBasisPoints,
    ),
  };
}

/** The names of a window's hours, each window's written once: five hundred days are asked for of every brand. */
function hourNames(): (opensAt: Instant, closesAt: Instant) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (opensAt, closesAt) => {
    const window = `${opensAt} ${closesAt}`;
    const found =
      known.get(window) ?? Array.from({ length: Math.ceil((closesAt - opensAt) / HOUR_MS) }, (_, n) => hourOf(opensAt + n * HOUR_MS));
    known.set(window, found);
    return found;
  };
}

function unsentIn(
  theirs: readonly TheirDay[],
  tallies: readonly Tally[],
  counted: (brand: string, window: Window) => Counters,
  zone: string,
): Reconciliation["unsent"] {
  const sent = new Set(theirs.map(({ brand, day }) => `${brand} ${day}`));
  const days = [...new Set(theirs.map(({ day }) => day))].map((day) => ({ day, hours: hoursOfDay(zone, day) }));
  const brands = [...new Set(tallies.map(({ brand }) => brand))];
  const unsent = brands
    .flatMap((brand) => days.filter(({ day }) => !sent.has(`${brand} ${day}`)).map(({ hours }) => countedIn(counted(brand, hours))))
    .filter(({ impressions, clicks }) => impressions + clicks > 0);
  const sum = (count: Compare) => unsent.reduce((total, each) => total + each[count], 0);
  return { brandDays: unsent.length, impressions: sum("impressions"), clicks: sum("clicks") };
}
