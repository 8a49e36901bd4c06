import { createHash } from "node:crypto";
import type { RefundStore } from "../app/ports/caps.ts";
import { type CountedLease, unconfirmed } from "../domain/lease.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { LEASES, servingKeys } from "./serving-keys.ts";
import type { Key, Table, TransactItems } from "./table.ts";

/** Gives back what leases were granted and nobody told. */
export function refundStore(delivery: Table): RefundStore {
  return {
    async ended(at) {
      const found = await Promise.all(LEASES.map((pk) => delivery.queryAll(servingKeys.endedLeases(pk, at))));
      return found.flat() as unknown as readonly CountedLease[];
    },

    async refund(refund) {
      const { campaign, day, leases } = refund;
      const back = unconfirmed(refund);
      const counters = back === 0 ? [] : [servingKeys.reservedTotal(campaign), servingKeys.reservedDaily(campaign, day)];
      const writes = [...leases.map((lease) => removal(delivery.name, lease)), ...counters.map((key) => less(delivery.name, key, back))];
      try {
        await delivery.transact(writes, tokenOf(leases));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        return false;
      }
    },
  };
}

/** Only as it was counted: one that is told, or refunded by another tick, in the same moment is left for the next. */
const removal = (TableName: string, lease: CountedLease): TransactItems[number] => ({
  Delete: {
    TableName,
    Key: servingKeys.lease(lease),
    ConditionExpression: "confirmed = :confirmed",
    ExpressionAttributeValues: { ":confirmed": lease.confirmed },
  },
});

const less = (TableName: string, Key: Key, n: number): TransactItems[number] => ({
  Update: { TableName, Key, UpdateExpression: "ADD reserved :n", ExpressionAttributeValues: { ":n": -n } },
});

const tokenOf = (leases: readonly CountedLease[]): string =>
  createHash("sha256")
    .update(`refund ${leases.map(({ id, confirmed }) => `${id} ${confirmed}`).join(" ")}`)
    .digest("hex")
    .slice(0, 36);
