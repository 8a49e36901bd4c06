import type { DecisionCountStore } from "../app/ports/decisions.ts";
import { ConditionFailed } from "./condition-failed.ts";
import type { LeanTable } from "./lean-table.ts";
import { servingKeys } from "./serving-keys.ts";

/** What instances write of their decisions: one row each and hour, replaced by those with more in them. */
export const decisionCountStore = (delivery: Pick<LeanTable, "update">): DecisionCountStore => ({
  async keep({ surface, hour, nonce, decisions, cards, noAds }, keptUntil) {
    try {
      await delivery.update({
        Key: servingKeys.decisionCount(surface, hour, nonce),
        UpdateExpression: "SET decisions = :decisions, cards = :cards, noAds = :noAds, expiresAt = :until",
        // What was held up on its way takes nothing away.
        ConditionExpression: "attribute_not_exists(decisions) OR decisions < :decisions",
        ExpressionAttributeValues: {
          ":decisions": decisions,
          ":cards": cards,
          ":noAds": JSON.stringify(noAds),
          ":until": keptUntil,
        },
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  },
});
