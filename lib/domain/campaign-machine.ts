import type { Machine } from "./machine.ts";

export type CampaignState = "active" | "paused";
export type CampaignVerb = "edit" | "pause" | "resume";

/** The life of a campaign. What of it is shown when is its flight's to say, and its cards'. */
export const CAMPAIGN_MACHINE = {
  active: { edit: { by: "brand", to: "active" }, pause: { by: "brand", to: "paused" } },
  paused: { edit: { by: "brand", to: "paused" }, resume: { by: "brand", to: "active" } },
} as const satisfies Machine<CampaignState, CampaignVerb>;
