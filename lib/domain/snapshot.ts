import type { Attestation } from "./attestation.ts";
import type { Campaign } from "./campaign.ts";
import type { Card } from "./card.ts";
import { servableWindow } from "./card-window.ts";
import { type Grant, standing } from "./grant.ts";
import type { Season } from "./season.ts";
import type { Window } from "./window.ts";

/** All that may be served of one season on one surface: current keys, campaigns, approved cards. */
export interface Lineup {
  readonly attestations: readonly Attestation[];
  readonly grants: readonly Grant[];
  readonly campaigns: readonly Campaign[];
  readonly cards: readonly Card[];
}

/** A card's face, and when it may be shown: `servableWindow`. */
export interface ServedCard
  extends Pick<
    Card,
    "id" | "campaign" | "template" | "storeName" | "text" | "offer" | "callToAction" | "images" | "seasonMark" | "destination" | "weight"
  > {
  readonly window: Window;
}

export interface ServedCampaign
  extends Pick<Campaign, "id" | "state" | "category" | "weight" | "tier" | "flight" | "caps" | "pacing" | "frequency" | "targeting"> {
  readonly cards: readonly ServedCard[];
}

export type ServedGrant = Pick<Grant, "id" | "names" | "phases" | "templates" | "state" | "expiresAt">;

export type Tier = Campaign["tier"];

export interface ServedBrand {
  readonly brand: string;
  readonly grants: readonly ServedGrant[];
  readonly attestation: Pick<Attestation, "state" | "expiresAt"> | null;
  /** In which it has an approved card. */
  readonly tiers: readonly Tier[];
  readonly campaigns: readonly ServedCampaign[];
}

export interface ServedSeason
  extends Pick<Season, "id" | "version" | "marketplace" | "names" | "status" | "phases" | "instants" | "rings" | "ringTurns"> {
  readonly brands: readonly ServedBrand[];
}

/** What decisions are made from: one surface, its published seasons with windows to come, and who is in them. */
export interface Snapshot {
  readonly surface: string;
  readonly seasons: readonly ServedSeason[];
}

/** The serving form of a season: every brand with a grant, whatever its state, its cards under their campaigns. */
export function serve(season: Season, lineup: Lineup): ServedSeason {
  const { id, version, marketplace, names, status, phases, instants, rings, ringTurns } = season;
  const attestations = new Map(lineup.attestations.map((attestation) => [attestation.brand, attestation]));
  const grants = Map.groupBy(
    lineup.grants.map((grant) => standing(grant, season)),
    ({ brand }) => brand,
  );
  const campaigns = Map.groupBy(lineup.campaigns, ({ brand }) => brand);
  const cards = Map.groupBy(lineup.cards, ({ campaign }) => campaign);
  const brands = [...grants].map(([brand, theirs]): ServedBrand => {
    const attestation = attestations.get(brand);
    const run = (campaigns.get(brand) ?? []).map((campaign) => serveCampaign(campaign, cards.get(campaign.id) ?? [], season));
    return {
      brand,
      grants: theirs.map(({ id, names, phases, templates, state, expiresAt }) => ({ id, names, phases, templates, state, expiresAt })),
      attestation: attestation ? { state: attestation.state, expiresAt: attestation.expiresAt } : null,
      tiers: tiersOf(run),
      campaigns: run,
    };
  });
  return { id, version, marketplace, names, status, phases, instants, rings, ringTurns, brands };
}

const tiersOf = (campaigns: readonly ServedCampaign[]): readonly Tier[] => [
  ...new Set(campaigns.flatMap(({ tier, cards }) => (cards.length > 0 ? [tier] : []))),
];

function serveCampaign(campaign: Campaign, cards: readonly Card[], season: Season): ServedCampaign {
  const { id, state, category, weight, tier, flight, caps, pacing, frequency, targeting } = campaign;
  const served = cards.map((card) => serveCard(card, servableWindow(card, campaign, season)));
  return { id, state, category, weight, tier, flight, caps, pacing, frequency, targeting, cards: served };
}

function serveCard(card: Card, window: Window): ServedCard {
  const { id, campaign, template, storeName, text, offer, callToAction, images, seasonMark, destination, weight } = card;
  return { id, campaign, template, storeName, text, offer, callToAction, images, seasonMark, destination, weight, window };
}
