import type { CountedDecisions } from "../app/ports/decisions.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** What instances have written of their decisions (`decision-counts.ts`), read by those who report. Apart, since who decides has no use for it. */
export const countedDecisions = (delivery: Pick<Table, "queryAll">): CountedDecisions => ({
  async between(surface, window) {
    const found = await Promise.all(keys.decisionDays(surface, window).map((pk) => delivery.queryAll({ pk })));
    return found
      .flat()
      .map(({ sk, decisions, cards, noAds }) => ({
        hour: Number(sk.split("#")[0]),
        decisions: Number(decisions),
        cards: Number(cards),
        noAds: JSON.parse(String(noAds)) as Record<string, number>,
      }))
      .filter(({ hour }) => window.opensAt <= hour && hour < window.closesAt);
  },
});
