import type { DecisionCount } from "./decision-count.ts";
import type { EventKind } from "./delivery-event.ts";
import { Refusal } from "./refusal.ts";
import { bucketsOf, type Counters, gross, type LandingCount, type LinkCount, landingsIn, linksIn, summed, type Tally } from "./tally.ts";

/** What rows of a report can be told apart by. */
export const DIMENSIONS = ["phase", "brand", "campaign", "card", "hour"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
/** `outcome` adds to each row where its taps went and how they landed. */
export const GROUPS = [...DIMENSIONS, "outcome"] as const;
export type Group = (typeof GROUPS)[number];

/** More lines are not reported at once: with the longest of names and every reason in each, they are within the 6 MB of an answer. */
export const MOST_LINES = 3_000;

/** What a row is of; null where rows are not told apart by that. An hour is written as tallies have it. */
export type RowKey = Readonly<Record<Dimension, string | null>>;

/** What reports call the kinds of events. */
export const COUNTS = {
  impressions: "impression",
  viewable: "viewable",
  subSecond: "sub-second",
  clicks: "click",
  outcomes: "outcome",
} as const satisfies Record<string, EventKind>;
export type Count = keyof typeof COUNTS;

/** Of each kind of event so many. */
export type ByKind<T> = Readonly<Record<Count, T>>;

const NAMES = Object.keys(COUNTS) as readonly Count[];

/** The same for each kind. */
export const each = <T>(of: (count: Count) => T): ByKind<T> => Object.fromEntries(NAMES.map((count) => [count, of(count)])) as ByKind<T>;

/** Taps of one link form under one system and host version, by what became of them; `-` where that is not known. */
export interface Landing {
  readonly link: string;
  readonly os: string;
  readonly hostVersion: string;
  /** Counts by outcome. */
  readonly outcomes: Counters;
  /** Of those that were told, the share that opened the app; null when none was told. */
  readonly opened: number | null;
}

/** Impressions and clicks that the host has given back. */
export interface Credited {
  readonly impressions: number;
  readonly clicks: number;
}

/** Valid counts, and beside them the others: of each kind gross = valid + late + the sum of the reasons why others are invalid. */
export interface Counted extends ByKind<number> {
  readonly late: ByKind<number>;
  readonly invalid: ByKind<Counters>;
  readonly gross: ByKind<number>;
}

/** What was counted of one row. */
export interface Delivered extends Counted {
  /** Valid clicks, and valid viewable ones, to valid impressions of the same row; null when there are none. */
  readonly rates: { readonly click: number | null; readonly viewable: number | null };
  /** Null where rows are told apart by what decisions do not have: only surface and hour are known of them. */
  readonly decisions: DecisionCount | null;
  /** Null where rows are told apart by phase or hour, which credits do not have. */
  readonly credited: Credited | null;
  /** With the group `outcome`. */
  readonly links: readonly LinkCount[] | null;
  readonly landings: readonly Landing[] | null;
}

export type ReportRow = RowKey & Delivered;

/** Something that was given back, as far as reports tell it. */
export interface CreditedPart {
  readonly brand: string;
  readonly campaign: string;
  /** Null when it is of the campaign's cards together. */
  readonly card: string | null;
  readonly kind: "impression" | "click";
  readonly count: number;
}

/** All that a report is made from. */
export interface Found {
  readonly tallies: readonly Tally[];
  /** Null for whom decisions do not concern. Hours as tallies write them. */
  readonly decisions: readonly (DecisionCount & { readonly hour: string })[] | null;
  readonly credits: readonly CreditedPart[];
}

export interface Report {
  readonly rows: readonly ReportRow[];
  readonly total: Delivered;
}

const NOTHING: RowKey = { phase: null, brand: null, campaign: null, card: null, hour: null };

/** Whose groups there are counts of: decisions are of a surface and an hour, credits of a card or campaign and a day. */
const OF_DECISIONS: readonly Dimension[] = ["hour"];
const OF_CREDITS: readonly Dimension[] = ["brand", "campaign", "card"];

/**
 * Counts by group, in order of the groups as they are asked for, and in all.
 * @throws Refusal `report-too-long` when there are more lines than are told at once.
 */
export function deliveryReport({ tallies, decisions, credits }: Found, groups: readonly Group[]): Report {
  const dimensions = DIMENSIONS.filter((dimension) => groups.includes(dimension));
  const byDecisions = decisions && dimensions.every((each) => OF_DECISIONS.includes(each)) ? decisions : null;
  const byCredits = dimensions.every((each) => OF_CREDITS.includes(each)) ? credits : null;
  const parts = new Map<string, Parts>();
  const partsOf = (place: Partial<RowKey>): Parts => {
    const values = dimensions.map((dimension) => place[dimension] ?? null);
    const id = values.join("#");
    const found = parts.get(id) ?? {
      key: { ...NOTHING, ...Object.fromEntries(dimensions.map((dimension, n) => [dimension, values[n] ?? null])) },
      counters: [],
      decisions: byDecisions && [],
      credits: byCredits && [],
    };
    parts.set(id, found);
    return found;
  };
  for (const tally of tallies) partsOf(tally).counters.push(tally.counters);
  for (const each of byDecisions ?? []) partsOf({ hour: each.hour }).decisions?.push(each);
  for (const each of byCredits ?? []) partsOf(each).credits?.push(each);
  if (parts.size > MOST_LINES) throw new Refusal("report-too-long");

  const order = groups.filter((group) => group !== "outcome");
  const withOutcomes = groups.includes("outcome");
  const rows = [...parts.values()]
    .sort((one, other) => compare(one.key, other.key, order))
    .map((each) => ({ ...each.key, ...delivered(each, withOutcomes) }));
  if (rows.reduce((lines, row) => lines + linesOf(row), 0) > MOST_LINES) throw new Refusal("report-too-long");
  return { rows, total: delivered({ counters: tallies.map(({ counters }) => counters), decisions, credits }, withOutcomes) };
}

interface Parts {
  readonly key: RowKey;
  readonly counters: Counters[];
  readonly decisions: DecisionCount[] | null;
  readonly credits: CreditedPart[] | null;
}

/** As a spreadsheet has it: one for the row, or one for each of its landings and link forms. */
const linesOf = ({ links, landings }: Delivered): number => Math.max(1, (links?.length ?? 0) + (landings?.length ?? 0));

const compare = (one: RowKey, other: RowKey, order: readonly Dimension[]): number => {
  for (const dimension of order) {
    const [a, b] = [one[dimension] ?? "", other[dimension] ?? ""];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
};

function delivered(
  {
    counters,
    decisions,
    credits,
  }: { readonly counters: readonly Counters[] } & {
    readonly decisions: readonly DecisionCount[] | null;
    readonly credits: readonly CreditedPart[] | null;
  },
  withOutcomes: boolean,
): Delivered {
  const all = summed(counters);
  const counted = countedIn(all);
  return {
    ...counted,
    rates: { click: ratio(counted.clicks, counted.impressions), viewable: ratio(counted.viewable, counted.impressions) },
    decisions: decisions && decisionsIn(decisions),
    credited: credits && creditedIn(credits),
    links: withOutcomes ? linksTaken(linksIn(all)) : null,
    landings: withOutcomes ? landed(landingsIn(all)) : null,
  };
}

/** What counters come to. */
export function countedIn(counters: Counters): Counted {
  const buckets = each((count) => bucketsOf(counters, COUNTS[count]));
  return {
    ...each((count) => buckets[count].valid),
    late: each((count) => buckets[count].late),
    invalid: each((count) => buckets[count].invalid),
    gross: each((count) => gross(buckets[count])),
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const decisionsIn = (all: readonly DecisionCount[]): DecisionCount => ({
  decisions: sum(all, ({ decisions }) => decisions),
  cards: sum(all, ({ cards }) => cards),
  noAds: summed(all.map(({ noAds }) => noAds)),
});

const creditedIn = (all: readonly CreditedPart[]): Credited => ({
  impressions: sum(all, ({ kind, count }) => (kind === "impression" ? count : 0)),
  clicks: sum(all, ({ kind, count }) => (kind === "click" ? count : 0)),
});

const sum = <T>(all: readonly T[], of: (each: T) => number): number => all.reduce((total, each) => total + of(each), 0);

/** In order of link form and system. */
const linksTaken = (counts: readonly LinkCount[]): readonly LinkCount[] =>
  [...counts].sort((one, other) => (`${one.link} ${one.os}` < `${other.link} ${other.os}` ? -1 : 1));

/** In order of link form, system and host version. */
function landed(counts: readonly LandingCount[]): readonly Landing[] {
  const groups = Map.groupBy(counts, ({ link, os, hostVersion }) => `${link} ${os} ${hostVersion}`);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group;
      if (!first) return [];
      const outcomes = summed(group.map(({ outcome, count }) => ({ [outcome]: count })));
      const { link, os, hostVersion } = first;
      return [
        {
          link,
          os,
          hostVersion,
          outcomes,
          opened: ratio(
            outcomes["opened-app"] ?? 0,
            sum(group, ({ count }) => count),
          ),
        },
      ];
    });
}
