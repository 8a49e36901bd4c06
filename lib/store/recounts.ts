import type { Found, RecountStore } from "../app/ports/delivery.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import type { Drift } from "../domain/drift.ts";
import { rowName } from "../domain/fold.ts";
import type { Place } from "../domain/tally.ts";
import { tokenOf } from "./buckets.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { eventsInRow } from "./events.ts";
import { keyOfRow } from "./folds.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";
import { COUNTER, countersIn } from "./tallies.ts";

/** Reads all events and all counts of them, for somebody who compares. */
export function recountStore(delivery: Table): RecountStore {
  return {
    async *everything() {
      for await (const item of delivery.everyItem()) yield* found(item);
    },

    async repair(drift) {
      const rows = [...Map.groupBy(drift, ({ row }) => rowName(row)).values()];
      let repaired = 0;
      for (const counters of rows) if (await repairRow(delivery, counters)) repaired += 1;
      return repaired;
    },
  };
}

function found(item: Item): readonly Found[] {
  const counted = placeIn(item);
  if (counted) return [{ counted: { ...counted, counters: countersIn(item) } }];
  try {
    return eventsInRow(item).map((event) => ({ event }));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [{ unreadable: `${item.pk} ${item.sk}` }];
  }
}

/** Which row of counts an item is; undefined for any other item. */
function placeIn({ pk, sk, place }: Item) {
  if (pk.startsWith("TALLY#")) return { kind: keys.tallyOfRow(sk) === sk ? "card" : "links", place: place as Place } as const;
  if (!pk.startsWith("DELIVERED#")) return undefined;
  const [, surface = "", season = "", hour = ""] = pk.split("#");
  return { kind: "delivered", place: { surface, season, hour, brand: sk, campaign: "", card: "", phase: "" } } as const;
}

async function repairRow(delivery: Table, drift: readonly Drift[]): Promise<boolean> {
  const [first] = drift;
  if (!first) return false;
  const names = Object.fromEntries(drift.map(({ counter }, n) => [`#c${n}`, `${COUNTER}${counter}`]));
  const values = drift.flatMap(({ events, counted }, n) => [[`:e${n}`, events], ...(counted === 0 ? [] : [[`:c${n}`, counted]])]);
  const still = drift.map(({ counted }, n) => (counted === 0 ? `(attribute_not_exists(#c${n}) OR #c${n} = :zero)` : `#c${n} = :c${n}`));
  const repaired = {
    Update: {
      TableName: delivery.name,
      Key: keyOfRow(first.row),
      UpdateExpression: `SET #place = if_not_exists(#place, :place), ${drift.map((_, n) => `#c${n} = :e${n}`).join(", ")}`,
      ConditionExpression: still.join(" AND "),
      ExpressionAttributeNames: { "#place": "place", ...names },
      ExpressionAttributeValues: {
        ":place": first.row.kind === "delivered" ? { brand: first.row.place.brand } : first.row.place,
        ...(drift.some(({ counted }) => counted === 0) ? { ":zero": 0 } : {}),
        ...Object.fromEntries(values),
      },
    },
  };
  try {
    await delivery.transact([repaired], tokenOf("repair", repaired));
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
