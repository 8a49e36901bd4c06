import type { LineupStore } from "../app/ports/whitelist.ts";
import { campaign } from "../contracts/campaigns.ts";
import { card } from "../contracts/cards.ts";
import { attestation, grant } from "../contracts/keys.ts";
import { restored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** What may be served of a season on a surface: one partition of the Registry, kept by the writes that change it. */
export function lineupStore(registry: Table): LineupStore {
  return {
    async grants(surface, season, brand) {
      const { pk, sk } = keys.grant(surface, season, brand, "");
      return (await registry.queryAll({ pk, prefix: sk })).map((item) => restored(grant, item));
    },

    async read(surface, season) {
      const items = await registry.queryAll({ pk: keys.lineup(surface, season) });
      const ofKind = (kind: string) => items.filter(({ sk }) => sk.startsWith(`${kind}#`));
      return {
        attestations: ofKind("ATTESTATION").map((item) => restored(attestation, item)),
        grants: ofKind("GRANT").map((item) => restored(grant, item)),
        campaigns: ofKind("CAMPAIGN").map((item) => restored(campaign, item)),
        cards: ofKind("CARD").map((item) => restored(card, item)),
      };
    },
  };
}
