/** What was counted for one card in one phase. Counters are named by `counterOf`. */
export interface Tally {
  readonly season: string;
  readonly surface: string;
  readonly brand: string;
  readonly campaign: string;
  readonly card: string;
  readonly phase: string;
  readonly counters: Readonly<Record<string, number>>;
}

/** Valid counts, and the invalid ones by reason: gross = valid + their sum. */
export interface DeliveryCounts {
  readonly impressions: number;
  readonly clicks: number;
  readonly invalidClicks: Readonly<Record<string, number>>;
}

const INVALID_CLICK = "invalid-clicks:";

/** The report's view of a tally's counters. */
export const countsOf = ({ counters }: Tally): DeliveryCounts => ({
  impressions: counters["impressions"] ?? 0,
  clicks: counters["clicks"] ?? 0,
  invalidClicks: Object.fromEntries(
    Object.entries(counters)
      .filter(([name]) => name.startsWith(INVALID_CLICK))
      .map(([name, count]) => [name.slice(INVALID_CLICK.length), count]),
  ),
});

/** The sum of several. */
export function total(counts: readonly DeliveryCounts[]): DeliveryCounts {
  const invalidClicks: Record<string, number> = {};
  for (const each of counts)
    for (const [reason, count] of Object.entries(each.invalidClicks)) invalidClicks[reason] = (invalidClicks[reason] ?? 0) + count;
  return {
    impressions: counts.reduce((sum, each) => sum + each.impressions, 0),
    clicks: counts.reduce((sum, each) => sum + each.clicks, 0),
    invalidClicks,
  };
}
