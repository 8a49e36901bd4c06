import type { Attestation } from "./attestation.ts";
import type { Campaign } from "./campaign.ts";
import type { Card } from "./card.ts";
import { servableWindow } from "./card-window.ts";
import type { Marketplace } from "./destination.ts";
import { type Grant, standing } from "./grant.ts";
import type { Key } from "./key.ts";
import type { Monitoring } from "./monitoring.ts";
import type { Season } from "./season.ts";
import { daysOf } from "./season-days.ts";
import type { Surface } from "./surface.ts";
import type { Instant, Window } from "./window.ts";

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
  /** Left out where nobody else is told. */
  readonly monitoring?: Monitoring;
}

export interface ServedCampaign
  extends Pick<Campaign, "id" | "state" | "category" | "weight" | "tier" | "flight" | "caps" | "pacing" | "frequency" | "targeting"> {
  readonly cards: readonly ServedCard[];
}

/** A key as it is served by. */
export interface ServedKey extends Pick<Key, "state" | "expiresAt" | "version"> {
  /** Taken away since, by a mark (`key-mark.ts`). Never stored. */
  readonly withheld?: true;
}

/** `dailyShare` only where it limits. */
export type ServedGrant = ServedKey & Pick<Grant, "id" | "names" | "phases" | "templates"> & { readonly dailyShare?: number };

export type Tier = Campaign["tier"];

export interface ServedBrand {
  readonly brand: string;
  readonly grants: readonly ServedGrant[];
  readonly attestation: (ServedKey & Pick<Attestation, "application">) | null;
  /** In which it has an approved card. */
  readonly tiers: readonly Tier[];
  readonly campaigns: readonly ServedCampaign[];
}

export interface ServedSeason
  extends Pick<Season, "id" | "version" | "marketplace" | "names" | "status" | "phases" | "instants" | "rings" | "ringTurns"> {
  readonly brands: readonly ServedBrand[];
  /** When its days begin in its zone, and when the last ends (`season-days.ts`). */
  readonly days: readonly Instant[];
}

/** What decisions are made from: one surface, its published seasons with windows to come, and who is in them. */
export interface Snapshot
  extends Pick<Surface, "host" | "hostCapsFrequency" | "label" | "separation" | "impressionTokenSeconds" | "clickTokenSeconds"> {
  readonly surface: string;
  /** Where its seasons' brands sell. */
  readonly marketplaces: readonly Marketplace[];
  readonly seasons: readonly ServedSeason[];
}

/** A surface's snapshot; `marketplace` knows those of the seasons. */
export function snapshotOf(
  { id, host, hostCapsFrequency, label, separation, impressionTokenSeconds, clickTokenSeconds }: Surface,
  seasons: readonly ServedSeason[],
  marketplace: (id: string) => Marketplace | undefined,
): Snapshot {
  const marketplaces = [...new Set(seasons.map((season) => season.marketplace))].flatMap((each) => marketplace(each) ?? []);
  return { surface: id, host, hostCapsFrequency, label, separation, impressionTokenSeconds, clickTokenSeconds, marketplaces, seasons };
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
      grants: theirs.map(serveGrant),
      attestation: attestation ? serveAttestation(attestation) : null,
      tiers: tiersOf(run),
      campaigns: run,
    };
  });
  return { id, version, marketplace, names, status, phases, instants, rings, ringTurns, brands, days: daysOf(season) };
}

const serveGrant = ({ id, names, version, phases, templates, state, expiresAt, dailyShare }: Grant): ServedGrant => ({
  id,
  names,
  version,
  phases,
  templates,
  state,
  expiresAt,
  ...(dailyShare === null ? {} : { dailyShare }),
});

const serveAttestation = ({ application, version, state, expiresAt }: Attestation) => ({ application, version, state, expiresAt });

const tiersOf = (campaigns: readonly ServedCampaign[]): readonly Tier[] => [
  ...new Set(campaigns.flatMap(({ tier, cards }) => (cards.length > 0 ? [tier] : []))),
];

function serveCampaign(campaign: Campaign, cards: readonly Card[], season: Season): ServedCampaign {
  const { id, state, category, weight, tier, flight, caps, pacing, frequency, targeting } = campaign;
  const served = cards.map((card) => serveCard(card, servableWindow(card, campaign, season)));
  return { id, state, category, weight, tier, flight, caps, pacing, frequency, targeting, cards: served };
}

function serveCard(card: Card, window: Window): ServedCard {
  const { id, campaign, template, storeName, text, offer, callToAction, images, seasonMark, destination, weight, monitoring } = card;
  const face = { id, campaign, template, storeName, text, offer, callToAction, images, seasonMark, destination, weight, window };
  return monitoring ? { ...face, monitoring } : face;
}
