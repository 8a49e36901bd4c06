import type { CampaignStore } from "../app/ports/campaigns.ts";
import * as schemas from "../contracts/campaigns.ts";
import { commit, restored, stored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** Campaigns, each under its own id and, in the same write, in its season's lineup. */
export function campaignStore(registry: Table): CampaignStore {
  return {
    async get(id) {
      const item = await registry.get(keys.campaign(id));
      return item && restored(schemas.campaign, item);
    },

    async create(campaign, commitment) {
      const { id, surface, season, version } = campaign;
      const attributes = { version, ...stored(schemas.campaign, campaign) };
      const write = { attributes, over: "absent", otherwise: "changed-meanwhile" } as const;
      await commit(
        registry,
        [
          { key: keys.campaign(id), ...write },
          { key: keys.servedCampaign(surface, season, id), ...write },
        ],
        commitment,
      );
    },
  };
}
