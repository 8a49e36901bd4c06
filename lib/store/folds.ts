import { createHash } from "node:crypto";
import type { FoldStore } from "../app/ports/delivery.ts";
import type { Addition, Checkpoint } from "../domain/fold.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import type { Table, TransactItems } from "./table.ts";
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
        await delivery.transact([moved, ...sums.map((sum) => adding(TableName, sum)), ...putAside], stepToken(shard, from, to));
        return true;
      } catch (error) {
        if (error instanceof ConditionFailed) return false;
        throw error;
      }
    },
  };
}

/** The same step has the same name, whoever takes it. */
const stepToken = (shard: string, from: Checkpoint | undefined, to: Checkpoint): string =>
  createHash("sha256")
    .update(`fold ${JSON.stringify([shard, from ?? null, to])}`)
    .digest("hex")
    .slice(0, 36);

function adding(TableName: string, { kind, place, counters }: Addition): TransactItems[number] {
  const added = Object.entries(counters).filter(([, count]) => count !== 0);
  return {
    Update: {
      TableName,
      Key: kind === "delivered" ? keys.delivered(place, place.brand) : keys.tally(place, kind),
      UpdateExpression: `SET #place = :place ADD ${added.map((_, n) => `#c${n} :c${n}`).join(", ")}`,
      ExpressionAttributeNames: { "#place": "place", ...Object.fromEntries(added.map(([name], n) => [`#c${n}`, `${COUNTER}${name}`])) },
      ExpressionAttributeValues: {
        ":place": kind === "delivered" ? { brand: place.brand } : place,
        ...Object.fromEntries(added.map(([, count], n) => [`:c${n}`, count])),
      },
    },
  };
}
