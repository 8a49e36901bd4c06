import { Temporal } from "temporal-polyfill";
import { startOfHour } from "./decision-count.ts";
import { type Counted, countedIn } from "./delivery-report.ts";
import { Refusal } from "./refusal.ts";
import { type Season, span } from "./season.ts";
import { summed, type Tally } from "./tally.ts";
import { HOUR_MS, type Instant, type Window } from "./window.ts";

/** So long after its end a day's counts are not stated: a tap that was a log line during an outage is counted within it. Milliseconds. */
const STATEMENT_GRACE_MS = 24 * 3_600_000;

/** More rows are not stated: one is then of a brand and not of a card. Within what one item, and one answer, holds. */
export const MOST_ROWS = 1_000;

/** A day of a festival, in hours that can be counted. */
export interface StatedDay extends Window {
  /** From here what was counted can be stated. */
  readonly finalAt: Instant;
}

/**
 * The hours of a calendar day in a zone, or at an offset (`+08:00`). Where days begin within an hour of UTC, such an hour is of the day
 * in which it begins, so that every hour is of one day.
 */
export function hoursOfDay(zone: string, day: string): Window {
  const first = Temporal.PlainDate.from(day).toZonedDateTime(zone).startOfDay();
  const next = first.add({ days: 1 }).startOfDay();
  return { opensAt: nextHour(first.epochMilliseconds), closesAt: nextHour(next.epochMilliseconds) };
}

/** The day in the season's zone; undefined when none of it lies in the season or in the grace after it. */
export function dayOfSeason(season: Pick<Season, "zone" | "phases" | "instants">, day: string): StatedDay | undefined {
  const { opensAt, closesAt } = hoursOfDay(season.zone, day);
  const counts = closesAt > span(season).opensAt && opensAt < season.instants.clickGraceEnds;
  return counts ? { opensAt, closesAt, finalAt: closesAt + STATEMENT_GRACE_MS } : undefined;
}

const nextHour = (at: Instant): Instant => startOfHour(at + HOUR_MS - 1);

/** What was counted of a card in a day, or of a brand where the cards are too many. */
export interface StatedRow extends Counted {
  readonly brand: string;
  readonly campaign: string | null;
  readonly card: string | null;
}

export interface StatedCounts {
  readonly by: "card" | "brand";
  /** In order of brand, campaign and card. */
  readonly rows: readonly StatedRow[];
  readonly total: Counted;
}

/** The day's counts. @throws Refusal `report-too-long` when there are too many brands. */
export function statedCounts(tallies: readonly Tally[]): StatedCounts {
  const byCard = rowsBy(tallies, ({ brand, campaign, card }) => ({ brand, campaign, card }));
  const isByCard = byCard.length <= MOST_ROWS;
  const rows = isByCard ? byCard : rowsBy(tallies, ({ brand }) => ({ brand, campaign: null, card: null }));
  if (rows.length > MOST_ROWS) throw new Refusal("report-too-long");
  return { by: isByCard ? "card" : "brand", rows, total: countedIn(summed(tallies.map(({ counters }) => counters))) };
}

function rowsBy(
  tallies: readonly Tally[],
  placeOf: (tally: Tally) => Pick<StatedRow, "brand" | "campaign" | "card">,
): readonly StatedRow[] {
  const nameOf = (tally: Tally) => Object.values(placeOf(tally)).join("#");
  return [...Map.groupBy(tallies, nameOf)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, [first, ...others]]) =>
      first ? [{ ...placeOf(first), ...countedIn(summed([first, ...others].map(({ counters }) => counters))) }] : [],
    );
}
