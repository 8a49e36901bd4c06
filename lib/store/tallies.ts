import type { TallyStore } from "../app/ports/delivery.ts";
import { type Counters, type Place, summed, type Tally } from "../domain/tally.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** What counters' names begin with in a row, beside its other attributes. */
export const COUNTER = "count:";

/** Counts per card, phase and hour, and per brand and hour, as they are folded (`folds.ts`). */
export function tallyStore(delivery: Table): TallyStore {
  return {
    async ofDay(surface, season, day, brand) {
      return talliesIn(await delivery.queryAll(keys.talliesOf(surface, season, day, brand)));
    },

    async ofSeason(surface, season) {
      return talliesIn(await delivery.queryAll({ pk: keys.tallies(surface, season) }));
    },

    async deliveredByBrand(surface, season, hours) {
      const rows = await Promise.all(hours.map((hour) => delivery.queryAll({ pk: keys.deliveredIn({ surface, season, hour }) })));
      const sums = summed(
        rows.flat().map((item) => {
          const { impressions = 0, "late-impressions": late = 0 } = countersIn(item);
          return { [(item["place"] as Pick<Place, "brand">).brand]: impressions + late };
        }),
      );
      return new Map(Object.entries(sums).filter(([, count]) => count !== 0));
    },
  };
}

/** A card's hour may be in two rows, which follow each other: what was counted, and where its taps went. */
function talliesIn(items: readonly Item[]): readonly Tally[] {
  const placed = Map.groupBy(items, ({ sk }) => keys.tallyOfRow(sk));
  return [...placed.values()].map((rows) => ({ ...(rows[0]?.["place"] as Place), counters: summed(rows.map(countersIn)) }));
}

/** What a row of counts says. */
export const countersIn = (item: Item): Counters =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name.startsWith(COUNTER))
      .map(([name, count]) => [name.slice(COUNTER.length), Number(count)]),
  );
