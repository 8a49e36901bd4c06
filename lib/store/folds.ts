import type { FoldStore } from "../app/ports/delivery.ts";
import type { Addition, CountedRow } from "../domain/fold.ts";
import { tokenOf } from "./buckets.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import type { Key, Table, TransactItems } from "./table.ts";
import { COUNTER } from "./tallies.ts";

/** How far each shard of the stream is folded, kept by the transactions that fold. */
export function foldStore(delivery: Table): FoldStore {
  const TableName = delivery.name;
  return {
    async checkpoint(shard) {
      const item = await delivery.get(keys.checkpoint(shard));
      return item && { sequence: String(item["sequence"]), events: Number(item["events"]) };
    },

    async advance(shard, from, { to, sums, aside }) {
      const moved = {
        Put: {
          TableName,
          Item: { ...keys.checkpoint(shard), ...to },
          ...(from
            ? {
                ConditionExpression: "#sequence = :sequence AND #events = :events",
                ExpressionAttributeNames: { "#sequence": "sequence", "#events": "events" },
                ExpressionAttributeValues: { ":sequence": from.sequence, ":events": from.events },
              }
            : { ConditionExpression: "attribute_not_exists(pk)" }),
        },
      };
      const putAside = aside.map((sequence) => ({ Put: { TableName, Item: { ...keys.putAside(shard, sequence), shard, sequence } } }));
      try {
        await delivery.transact(
          [moved, ...sums.map((sum) => adding(TableName, sum)), ...putAside],
          tokenOf("fold", shard, from ?? null, to),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionFailed) return false;
        throw error;
      }
    },
  };
}

export const keyOfRow = ({ kind, place }: CountedRow): Key =>
  kind === "delivered" ? keys.delivered(place, place.brand) : keys.tally(place, kind);

function adding(TableName: string, { kind, place, counters }: Addition): TransactItems[number] {
  const added = Object.entries(counters).filter(([, count]) => count !== 0);
  return {
    Update: {
      TableName,
      Key: keyOfRow({ kind, place }),
      UpdateExpression: `SET #place = :place ADD ${added.map((_, n) => `#c${n} :c${n}`).join(", ")}`,
      ExpressionAttributeNames: { "#place": "place", ...Object.fromEntries(added.map(([name], n) => [`#c${n}`, `${COUNTER}${name}`])) },
      ExpressionAttributeValues: {
        ":place": kind === "delivered" ? { brand: place.brand } : place,
        ...Object.fromEntries(added.map(([, count], n) => [`:c${n}`, count])),
      },
    },
  };
}
