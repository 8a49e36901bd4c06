import type { Timetable } from "./timetable.ts";

const HOUR_MS = 3_600_000;

/** A stretch of the season: a phase, or the time before, between or after. */
export interface Stretch {
  readonly id: string;
  readonly kind: "before" | "open" | "between" | "after";
  readonly from: number;
  readonly until: number;
}

/** What was counted in a stretch. */
export interface Counts {
  decisions: number;
  cards: number;
  /** By reason. */
  readonly noAds: Record<string, number>;
  impressions: number;
  clicks: number;
}

/** What a rehearsal has come to so far. */
export interface Measures {
  readonly stretches: readonly (Stretch & { readonly counts: Counts })[];
  readonly at: (at: number) => Stretch & { readonly counts: Counts };
  /** By hour since the start. */
  readonly hours: { decisions: number; cards: number }[];
  readonly states: { readonly at: number; readonly counts: Readonly<Record<string, number>> }[];
  /** Where clicks led: by link form, or that the address had expired. */
  readonly links: Record<string, number>;
  /** Of each decision in this process. Milliseconds. */
  readonly latencies: number[];
  readonly totals: { decisions: number; overHttp: number; ticks: number; steps: number; repeatedEvents: number };
  /** Notes a decision's slots. */
  decided(at: number, slots: readonly ({ readonly noAd: { readonly reason: string } } | object)[]): void;
}

export function measures(times: Timetable): Measures {
  const stretches = stretchesOf(times).map((stretch) => ({
    ...stretch,
    counts: { decisions: 0, cards: 0, noAds: {}, impressions: 0, clicks: 0 } as Counts,
  }));
  const last = stretches.at(-1);
  if (!last) throw new Error("a season has a phase");
  const at = (instant: number) => stretches.find(({ from, until }) => instant >= from && instant < until) ?? last;
  const hours = Array.from({ length: Math.ceil((times.endsAt - times.startsAt) / HOUR_MS) + 1 }, () => ({ decisions: 0, cards: 0 }));
  const totals = { decisions: 0, overHttp: 0, ticks: 0, steps: 0, repeatedEvents: 0 };
  return {
    stretches,
    at,
    hours,
    states: [],
    links: {},
    latencies: [],
    totals,
    decided(instant, slots) {
      const { counts } = at(instant);
      const hour = hours[Math.floor((instant - times.startsAt) / HOUR_MS)];
      counts.decisions += 1;
      totals.decisions += 1;
      if (hour) hour.decisions += 1;
      for (const slot of slots)
        if ("noAd" in slot) counts.noAds[slot.noAd.reason] = (counts.noAds[slot.noAd.reason] ?? 0) + 1;
        else {
          counts.cards += 1;
          if (hour) hour.cards += 1;
        }
    },
  };
}

/** The whole of the season, in order. */
function stretchesOf({ phases, startsAt, endsAt }: Timetable): Stretch[] {
  const open = phases.flatMap((phase, index): Stretch[] => {
    const next = phases[index + 1];
    const here: Stretch = { id: phase.id, kind: "open", from: phase.opensAt, until: phase.closesAt };
    return next && next.opensAt > phase.closesAt
      ? [here, { id: `before-${next.id}`, kind: "between", from: phase.closesAt, until: next.opensAt }]
      : [here];
  });
  return [
    { id: "before", kind: "before", from: startsAt, until: phases[0].opensAt },
    ...open,
    { id: "after", kind: "after", from: (phases.at(-1) ?? phases[0]).closesAt, until: endsAt },
  ];
}

/** The value below which this share of the numbers lies; 0 of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
