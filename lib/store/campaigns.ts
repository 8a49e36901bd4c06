import type { CampaignStore } from "../app/ports/campaigns.ts";
import * as schemas from "../contracts/campaigns.ts";
import type { Campaign } from "../domain/campaign.ts";
import { before, commit, restored, stored } from "./commit.ts";
import { keys, LIST_INDEX } from "./keys.ts";
import { listPage } from "./pages.ts";
import type { Item, Table } from "./table.ts";

/** Campaigns, each under its own id and, in the same write, in its season's lineup. */
export function campaignStore(registry: Table): CampaignStore {
  return {
    async get(id) {
      const item = await registry.get(keys.campaign(id));
      return item && campaignIn(item);
    },

    async ofBrand(brand, page) {
      const list = { index: LIST_INDEX, partition: listOf(brand), newestFirst: true, keyAt: keys.campaign } as const;
      const { items, next } = await listPage(registry, list, page);
      return { items: items.map(campaignIn), next };
    },

    async save(campaign, commitment) {
      const { id, brand, surface, season, version } = campaign;
      const attributes = { version, ...stored(schemas.campaign, campaign) };
      const listed = { [LIST_INDEX.pk]: listOf(brand), [LIST_INDEX.sk]: id };
      const over = { over: before(version), otherwise: "changed-meanwhile" } as const;
      await commit(
        registry,
        [
          { key: keys.campaign(id), attributes: { ...listed, ...attributes }, ...over },
          { key: keys.servedCampaign(surface, season, id), attributes, ...over },
        ],
        commitment,
      );
    },
  };
}

const listOf = (brand: string) => `BRAND#${brand}#CAMPAIGNS`;

const campaignIn = (item: Item): Campaign => restored(schemas.campaign, item);
