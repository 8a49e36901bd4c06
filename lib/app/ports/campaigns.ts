import type { Campaign } from "../../domain/campaign.ts";
import type { Commitment } from "./call.ts";

export interface CampaignStore {
  get(id: string): Promise<Campaign | undefined>;
  create(campaign: Campaign, commitment: Commitment): Promise<void>;
}
