import type { ViewerStore } from "../app/ports/caps.ts";
import { ConditionFailed } from "./condition-failed.ts";
import type { LeanTable } from "./lean-table.ts";
import { servingKeys } from "./serving-keys.ts";

/** Campaigns' ids are attributes of a viewer's row; none of its other attributes begins so. */
const CAMPAIGN = "cmp_";

/** How often viewers have been shown campaigns: one row each, dropped by DynamoDB. */
export function viewerStore(delivery: LeanTable): ViewerStore {
  return {
    async counts(mark) {
      const item = (await delivery.get(servingKeys.viewer(mark))) ?? {};
      return Object.fromEntries(
        Object.entries(item).flatMap(([name, count]) => (name.startsWith(CAMPAIGN) ? [[name, String(count)]] : [])),
      );
    },

    async count(mark, shown, by, keptUntil) {
      const unchanged = shown.map(({ before }, n) => (before === undefined ? `attribute_not_exists(#c${n})` : `#c${n} = :b${n}`));
      try {
        await delivery.update({
          Key: servingKeys.viewer(mark),
          UpdateExpression: `SET #by = :by, expiresAt = :kept, ${shown.map((_, n) => `#c${n} = :a${n}`).join(", ")}`,
          // Two decisions for one viewer at once both read the same: the second to write is the one that was too many.
          ConditionExpression: unchanged.join(" AND "),
          ExpressionAttributeNames: { "#by": "by", ...Object.fromEntries(shown.map(({ campaign }, n) => [`#c${n}`, campaign])) },
          ExpressionAttributeValues: {
            ":by": by,
            ":kept": keptUntil,
            ...Object.fromEntries(
              shown.flatMap(({ before, after }, n) => [[`:a${n}`, after], ...(before === undefined ? [] : [[`:b${n}`, before]])]),
            ),
          },
        });
        return true;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        // Our own earlier try, whose answer was lost (reliability.md F9).
        return error.found[0]?.["by"] === by;
      }
    },
  };
}
