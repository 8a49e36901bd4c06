import type { CreditStore } from "../app/ports/credits.ts";
import * as schemas from "../contracts/credits.ts";
import { type Count, commit, restored, stored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** Credits, and how much of each day has been given back, counted in the transaction that gives. */
export function creditStore(registry: Table): CreditStore {
  return {
    async give(credit, counted, commitment) {
      const { campaign, card, count } = credit;
      const given = (of: string, most: number): Count => ({
        ...{ key: keys.credited(credit, of), add: count, atMost: most, otherwise: "credit-too-large" },
      });
      await commit(
        registry,
        [
          {
            key: keys.credit(credit),
            attributes: { version: 1, ...stored(schemas.credit, credit) },
            over: "absent",
            otherwise: "changed-meanwhile",
          },
          given(campaign, counted.campaign),
          ...(card === null || counted.card === null ? [] : [given(card, counted.card)]),
        ],
        commitment,
      );
    },

    async ofSeason(surface, season, brand) {
      return (await registry.queryAll(keys.credits(surface, season, brand))).map((item) => restored(schemas.credit, item));
    },
  };
}
