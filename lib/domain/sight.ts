import type { SlotAnswer } from "./decision.ts";
import { NO_AD, type NoAdReason } from "./no-ad.ts";
import type { Placement } from "./serving-index.ts";

/** What of a slot's answer is the same whenever the card is placed. */
export function sightOf({ season, phase, brand, grant, campaign, card, label }: Placement) {
  const { destination: _destination, monitoring: _monitoring, window: _window, weight: _weight, ...face } = card;
  return { card: { ...face, category: campaign.category, label }, brand, grant, season: season.id, phase };
}

export const empty = ({ noAd }: Extract<SlotAnswer, { noAd: NoAdReason }>) => ({ noAd: { code: NO_AD[noAd], reason: noAd } });
