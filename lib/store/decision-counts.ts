import type { CountedDecisions, DecisionCountStore } from "../app/ports/decisions.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import type { LeanTable } from "./lean-table.ts";
import { servingKeys } from "./serving-keys.ts";
import type { Table } from "./table.ts";

/** What instances write of their decisions: one row each and hour, replaced by those with more in them. */
export const decisionCountStore = (delivery: Pick<LeanTable, "update">): DecisionCountStore => ({
  async keep({ surface, hour, nonce, decisions, cards, noAds }, keptUntil) {
    try {
      await delivery.update({
        Key: servingKeys.decisionCount(surface, hour, nonce),
        UpdateExpression: "SET #hour = :hour, decisions = :decisions, cards = :cards, noAds = :noAds, expiresAt = :until",
        // What was held up on its way takes nothing away.
        ConditionExpression: "attribute_not_exists(decisions) OR decisions < :decisions",
        ExpressionAttributeNames: { "#hour": "hour" },
        ExpressionAttributeValues: {
          ":hour": hour,
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

/** The same rows, read by those who report. */
export const countedDecisions = (delivery: Pick<Table, "queryAll">): CountedDecisions => ({
  async between(surface, window) {
    const found = await Promise.all(keys.decisionDays(surface, window).map((pk) => delivery.queryAll({ pk })));
    return found
      .flat()
      .map(({ hour, decisions, cards, noAds }) => ({
        hour: Number(hour),
        decisions: Number(decisions),
        cards: Number(cards),
        noAds: JSON.parse(String(noAds)) as Record<string, number>,
      }))
      .filter(({ hour }) => window.opensAt <= hour && hour < window.closesAt);
  },
});
