import type { Campaign } from "../../domain/campaign.ts";
import type { Commitment } from "./call.ts";
import type { ListPage, PageWanted } from "./pages.ts";

export interface CampaignStore {
  get(id: string): Promise<Campaign | undefined>;
  /** Newest first. May lag behind the latest writes. */
  ofBrand(brand: string, page: PageWanted): Promise<ListPage<Campaign>>;
  /** As it is from now on, also in its season's lineup. @throws Refusal `changed-meanwhile`. */
  save(campaign: Campaign, commitment: Commitment): Promise<void>;
}
