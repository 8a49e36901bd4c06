import type { Attestation } from "./attestation.ts";
import type { Campaign } from "./campaign.ts";
import type { Card } from "./card.ts";
import { type Grant, standing } from "./grant.ts";
import type { Key } from "./key.ts";
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

/** A key as it is served by. What names it, and its version, are not in snapshots that were published before marks were (`key-mark.ts`). */
export interface ServedKey extends Pick<Key, "state" | "expiresAt">, Partial<Pick<Key, "version">> {
  /** Taken away since, by a mark. Never stored. */
  readonly withheld?: true;
}

export interface ServedBrand {
  readonly brand: string;
  readonly grants: readonly (ServedKey & Pick<Grant, "phases" | "templates"> & Partial<Pick<Grant, "id">>)[];
  readonly attestation: (ServedKey & Partial<Pick<Attestation, "application">>) | null;
  readonly campaigns: readonly ServedCampaign[];
}

export interface ServedSeason
  extends Pick<Season, "id" | "version" | "marketplace" | "status" | "phases" | "instants" | "rings" | "ringTurns"> {
  readonly brands: readonly ServedBrand[];
}

/** What decisions are made from: one surface, its published seasons with windows to come, and who is in them. */
export interface Snapshot {
  readonly surface: string;
  readonly seasons: readonly ServedSeason[];
}

/** The serving form of a season: every brand with a grant, whatever its state, its cards under their campaigns. */
export function serve(season: Season, lineup: Lineup): ServedSeason {
  const { id, version, marketplace, status, phases, instants, rings, ringTurns } = season;
  const attestations = new Map(lineup.attestations.map((attestation) => [attestation.brand, attestation]));
  const grants = Map.groupBy(
    lineup.grants.map((grant) => standing(grant, season)),
    ({ brand }) => brand,
  );
  const campaigns = Map.groupBy(lineup.campaigns, ({ brand }) => brand);
  const cards = Map.groupBy(lineup.cards, ({ campaign }) => campaign);
  const brands = [...grants].map(([brand, theirs]): ServedBrand => {
    const attestation = attestations.get(brand);
    return {
      brand,
      grants: theirs.map(({ id, version, phases, templates, state, expiresAt }) => ({ id, version, phases, templates, state, expiresAt })),
      attestation: attestation ? serveAttestation(attestation) : null,
      campaigns: (campaigns.get(brand) ?? []).map((campaign) => serveCampaign(campaign, cards.get(campaign.id) ?? [])),
    };
  });
  return { id, version, marketplace, status, phases, instants, rings, ringTurns, brands };
}

const serveAttestation = ({ application, version, state, expiresAt }: Attestation) => ({ application, version, state, expiresAt });

const serveCampaign = ({ id, flight }: Campaign, cards: readonly Card[]): ServedCampaign => ({
  id,
  flight,
  cards: cards.map(serveCard),
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
