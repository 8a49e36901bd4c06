import type { Attestation } from "./application.ts";
import type { Campaign } from "./campaign.ts";
import type { Card } from "./card.ts";
import type { Grant } from "./grant.ts";
import type { Season } from "./season.ts";

/** All that may be served of one season on one surface: current keys, campaigns, approved cards. */
export interface Lineup {
  readonly attestations: readonly Attestation[];
  readonly grants: readonly Grant[];
  readonly campaigns: readonly Campaign[];
  readonly cards: readonly Card[];
}

export type ServedCard = Pick<Card, "id" | "campaign" | "template" | "text" | "offer" | "callToAction" | "images" | "destination">;

export interface ServedCampaign extends Pick<Campaign, "id" | "flight"> {
  readonly cards: readonly ServedCard[];
}

export interface ServedBrand {
  readonly brand: string;
  readonly grant: Pick<Grant, "phases" | "templates" | "expiresAt">;
  readonly attestation: Pick<Attestation, "expiresAt"> | null;
  readonly campaigns: readonly ServedCampaign[];
}

export interface ServedSeason extends Pick<Season, "id" | "marketplace" | "status" | "phases" | "clickGraceEndsAt"> {
  readonly brands: readonly ServedBrand[];
}

/** What decisions are made from: one surface, its published seasons with windows to come, and who is in them. */
export interface Snapshot {
  readonly surface: string;
  readonly seasons: readonly ServedSeason[];
}

/** The serving form of a season: every brand with a grant, its cards under their campaigns. */
export function serve({ id, marketplace, status, phases, clickGraceEndsAt }: Season, lineup: Lineup): ServedSeason {
  const brands = lineup.grants.map(({ brand, phases, templates, expiresAt }): ServedBrand => {
    const attestation = lineup.attestations.find((each) => each.brand === brand);
    return {
      brand,
      grant: { phases, templates, expiresAt },
      attestation: attestation ? { expiresAt: attestation.expiresAt } : null,
      campaigns: lineup.campaigns.filter((campaign) => campaign.brand === brand).map((campaign) => serveCampaign(campaign, lineup.cards)),
    };
  });
  return { id, marketplace, status, phases, clickGraceEndsAt, brands };
}

const serveCampaign = ({ id, flight }: Campaign, cards: readonly Card[]): ServedCampaign => ({
  id,
  flight,
  cards: cards.filter((card) => card.campaign === id).map(serveCard),
});

const serveCard = ({ id, campaign, template, text, offer, callToAction, images, destination }: Card): ServedCard => ({
  id,
  campaign,
  template,
  text,
  offer,
  callToAction,
  images,
  destination,
});
