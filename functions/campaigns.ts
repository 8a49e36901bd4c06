import { changeCampaign, createCampaign, listCampaigns, readCampaign, turnOwnCampaign } from "../lib/app/campaigns.ts";
import { campaigns } from "../lib/contracts/campaigns.ts";
import { cursorSigner } from "../lib/deps/cursor-signer.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = { ...desk(), cursors: cursorSigner() };

export const handler = endpoints(
  campaigns,
  {
    create: createCampaign(deps),
    list: listCampaigns(deps),
    read: readCampaign(deps),
    change: changeCampaign(deps),
    turn: turnOwnCampaign(deps),
  },
  deps,
);
