import { createCampaign, readCampaign } from "../lib/app/campaigns.ts";
import { campaigns } from "../lib/contracts/campaigns.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = desk();

export const handler = endpoints(campaigns, { create: createCampaign(deps), read: readCampaign(deps) }, deps);
