import { createHash } from "node:crypto";
import type { TallyStore } from "../app/ports/delivery.ts";
import { counterOf } from "../domain/delivery-event.ts";
import type { Tally } from "../domain/tally.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

const COUNTER = "count:";

/** Counts per card and phase, folded from event rows. */
export function tallyStore(delivery: Table): TallyStore {
  return {
    async fold(event) {
      const { surface, season, brand, campaign, card, phase } = event;
      const row = keys.event(event.decision, event.slot, event.kind);
      const markRow = {
        Update: {
          TableName: delivery.name,
          Key: row,
          UpdateExpression: "SET folded = :true",
          // The row itself says that it has been counted, so a second record of it in the stream adds nothing.
          ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(folded)",
          ExpressionAttributeValues: { ":true": true },
        },
      };
      const addToTally = {
        Update: {
          TableName: delivery.name,
          Key: keys.tally(surface, season, event),
          UpdateExpression: "SET placement = :placement ADD #counter :one",
          ExpressionAttributeNames: { "#counter": `${COUNTER}${counterOf(event)}` },
          ExpressionAttributeValues: { ":placement": { surface, season, brand, campaign, card, phase }, ":one": 1 },
        },
      };
      try {
        await delivery.transact([markRow, addToTally], foldToken(`${row.pk}#${row.sk}`));
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
      }
    },

    async ofBrand(surface, season, brand) {
      return (await delivery.queryAll({ pk: keys.tallies(surface, season), prefix: `${brand}#` })).map(tallyIn);
    },

    async ofSeason(surface, season) {
      return (await delivery.queryAll({ pk: keys.tallies(surface, season) })).map(tallyIn);
    },
  };
}

/** The same event folds under the same token, whoever folds it. */
const foldToken = (row: string) => createHash("sha256").update(`fold ${row}`).digest("hex").slice(0, 36);

const tallyIn = (item: Item): Tally => ({
  ...(item["placement"] as Omit<Tally, "counters">),
  counters: Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name.startsWith(COUNTER))
      .map(([name, count]) => [name.slice(COUNTER.length), Number(count)]),
  ),
});
