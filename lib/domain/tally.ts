import { type DeliveryEvent, EVENT_KINDS, type EventKind } from "./delivery-event.ts";
import { HOUR_MS, type Instant, type Window } from "./window.ts";

/** Counts by name; a name that is not there counts nothing. */
export type Counters = Readonly<Record<string, number>>;

/** What events are counted by. */
export interface Place {
  readonly surface: string;
  readonly season: string;
  readonly brand: string;
  readonly campaign: string;
  readonly card: string;
  readonly phase: string;
  /** Of the event, in UTC: `2026-06-01T12`. */
  readonly hour: string;
}

/** What was counted for one card in one phase and hour. Counters are named by `countersOf`. */
export interface Tally extends Place {
  readonly counters: Counters;
}

// The `sv-SE` locale writes `YYYY-MM-DD HH`.
const HOUR = new Intl.DateTimeFormat("sv-SE", { timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit" });

/** The hours that the window has a part in, which ends. */
export function hoursOf({ opensAt, closesAt }: Window): readonly string[] {
  const first = Math.floor(opensAt / HOUR_MS);
  return Array.from({ length: Math.ceil(closesAt / HOUR_MS) - first }, (_, n) => hourOf((first + n) * HOUR_MS));
}

/** `2026-06-01T12`, in UTC. */
export const hourOf = (at: Instant): string => HOUR.format(at).replace(" ", "T");

export const placeOf = ({ surface, season, brand, campaign, card, phase, at }: DeliveryEvent): Place => ({
  surface,
  season,
  brand,
  campaign,
  card,
  phase,
  hour: hourOf(at),
});

const NAMES = {
  impression: "impressions",
  viewable: "viewables",
  "sub-second": "sub-seconds",
  click: "clicks",
  outcome: "outcomes",
} as const satisfies Record<EventKind, string>;

const LINKS = "links:";
const LANDINGS = "landings:";
/** Where the host or the page did not say. */
export const UNKNOWN = "-";

type Counted = Pick<DeliveryEvent, "kind" | "invalid" | "late" | "link" | "outcome" | "os" | "hostVersion">;

/**
 * The counters an event adds one to. Exactly one of them is a bucket of its kind: valid, late, or its reason for being invalid, which
 * comes before late; so gross = valid + late + the sum of the reasons, always. Those of where taps went and how they landed are of
 * what is not invalid, late or not.
 */
export function countersOf(event: Counted): readonly string[] {
  const { kind, invalid, late, link, outcome, os, hostVersion } = event;
  const name = NAMES[kind];
  if (invalid !== null) return [`invalid-${name}:${invalid}`];
  const bucket = late ? `late-${name}` : name;
  if (kind === "click") return [bucket, `${LINKS}${link ?? UNKNOWN}:${os ?? UNKNOWN}`];
  if (kind === "outcome") return [bucket, `${LANDINGS}${outcome ?? UNKNOWN}:${link ?? UNKNOWN}:${os ?? UNKNOWN}:${hostVersion || UNKNOWN}`];
  return [bucket];
}

/** Whether a counter is of where taps went and how they landed. They are many, and counted in a row of their own. */
export const isOfLinks = (counter: string): boolean => counter.startsWith(LINKS) || counter.startsWith(LANDINGS);

/** The sum of several, counter by counter. */
export function summed(all: Iterable<Counters>): Counters {
  const sums: Record<string, number> = {};
  for (const counters of all) for (const [name, count] of Object.entries(counters)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** Events of one kind: each is in exactly one bucket. */
export interface Buckets {
  readonly valid: number;
  readonly late: number;
  /** By reason, of those there are. */
  readonly invalid: Counters;
}

/** All that were told, valid or not. */
export const gross = ({ valid, late, invalid }: Buckets): number =>
  valid + late + Object.values(invalid).reduce((sum, count) => sum + count, 0);

/** The buckets of a kind. */
export function bucketsOf(counters: Counters, kind: EventKind): Buckets {
  const name = NAMES[kind];
  const prefix = `invalid-${name}:`;
  return {
    valid: counters[name] ?? 0,
    late: counters[`late-${name}`] ?? 0,
    invalid: Object.fromEntries(
      Object.entries(counters).flatMap(([counter, count]) =>
        counter.startsWith(prefix) && count !== 0 ? [[counter.slice(prefix.length), count] as const] : [],
      ),
    ),
  };
}

/** The buckets of every kind. */
export const countsOf = (counters: Counters): Readonly<Record<EventKind, Buckets>> =>
  Object.fromEntries(EVENT_KINDS.map((kind) => [kind, bucketsOf(counters, kind)])) as Record<EventKind, Buckets>;

/** How often a link form was taken under a system; `-` where that is not known. */
export interface LinkCount {
  readonly link: string;
  readonly os: string;
  readonly count: number;
}

export const linksIn = (counters: Counters): readonly LinkCount[] =>
  Object.entries(counters).flatMap(([name, count]) => {
    if (!name.startsWith(LINKS)) return [];
    const [link = UNKNOWN, os = UNKNOWN] = name.slice(LINKS.length).split(":");
    return [{ link, os, count }];
  });

/** How often taps ended so; `-` where something is not known. */
export interface LandingCount extends LinkCount {
  readonly outcome: string;
  readonly hostVersion: string;
}

export const landingsIn = (counters: Counters): readonly LandingCount[] =>
  Object.entries(counters).flatMap(([name, count]) => {
    if (!name.startsWith(LANDINGS)) return [];
    const [outcome = UNKNOWN, link = UNKNOWN, os = UNKNOWN, hostVersion = UNKNOWN] = name.slice(LANDINGS.length).split(":");
    return [{ outcome, link, os, hostVersion, count }];
  });
