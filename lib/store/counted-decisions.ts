import type { CountedDecisions } from "../app/ports/decisions.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** A day of a thousand instances is megabytes: so many are read at a time, and what is kept of them is a sum for each hour. */
const DAYS_AT_ONCE = 4;

/** What instances have written of their decisions (`decision-counts.ts`), read by those who report. Apart, since who decides has no use for it. */
export const countedDecisions = (delivery: Pick<Table, "queryAll">): CountedDecisions => ({
  async between(surface, window) {
    const days = keys.decisionDays(surface, window);
    const sums = new Map<number, { hour: number; decisions: number; cards: number; noAds: Record<string, number> }>();
    for (let from = 0; from < days.length; from += DAYS_AT_ONCE) {
      const read = await Promise.all(days.slice(from, from + DAYS_AT_ONCE).map((pk) => delivery.queryAll({ pk })));
      for (const { sk, decisions, cards, noAds } of read.flat()) {
        const hour = Number(sk.split("#")[0]);
        if (hour < window.opensAt || hour >= window.closesAt) continue;
        const sum = sums.get(hour) ?? { hour, decisions: 0, cards: 0, noAds: {} };
        sums.set(hour, sum);
        sum.decisions += Number(decisions);
        sum.cards += Number(cards);
        for (const [reason, count] of Object.entries(JSON.parse(String(noAds)) as Record<string, number>))
          sum.noAds[reason] = (sum.noAds[reason] ?? 0) + count;
      }
    }
    return [...sums.values()];
  },
});
