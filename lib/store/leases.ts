import type { LeaseStore } from "../app/ports/caps.ts";
import { ConditionFailed } from "./condition-failed.ts";
import type { LeanTable, LeanUpdate } from "./lean-table.ts";
import { servingKeys } from "./serving-keys.ts";
import type { Key } from "./table.ts";

/** What of campaigns' caps has been taken: counters, and for each taking a row put in the same transaction. */
export function leaseStore(delivery: LeanTable): LeaseStore {
  return {
    async reserved(campaign, day) {
      const [total, daily] = await Promise.all([
        delivery.get(servingKeys.reservedTotal(campaign)),
        delivery.get(servingKeys.reservedDaily(campaign, day)),
      ]);
      return { total: Number(total?.["reserved"] ?? 0), daily: Number(daily?.["reserved"] ?? 0) };
    },

    async take(lease, { total, daily }) {
      const { id, campaign, day, granted, refundAt } = lease;
      // Without its row a taking whose answer was lost would be done again: the row is there once.
      const Put = {
        Item: { ...servingKeys.lease(lease), id, campaign, day, granted, confirmed: 0, refundAt },
        ConditionExpression: "attribute_not_exists(pk)",
      };
      try {
        await delivery.transact(
          [
            { Put },
            // Both, whichever is limited: a cap that is set later finds what was shown since another one was.
            { Update: adding(servingKeys.reservedTotal(campaign), granted, total) },
            { Update: adding(servingKeys.reservedDaily(campaign, day), granted, daily) },
          ],
          id,
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        // Nobody else puts this row: it is our own earlier try, whose answer was lost (reliability.md F6).
        return error.index === 0;
      }
    },
  };
}

const adding = (Key: Key, n: number, atMost: number | null): LeanUpdate => ({
  Key,
  UpdateExpression: "ADD reserved :n",
  ...(atMost === null ? {} : { ConditionExpression: "attribute_not_exists(reserved) OR reserved <= :room" }),
  ExpressionAttributeValues: { ":n": n, ...(atMost === null ? {} : { ":room": atMost - n }) },
});
