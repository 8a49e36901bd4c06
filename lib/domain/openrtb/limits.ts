import { decide } from "../decision.ts";
import type { HoldReason } from "../held.ts";
import { grantsIn, marketplaceOf, type Serving, type Viewing } from "../serving.ts";
import { type Placement, servingIndex } from "../serving-index.ts";
import type { ServedBrand, ServedGrant, ServedSeason, Snapshot } from "../snapshot.ts";
import { isFor, type Profile } from "../targeting.ts";
import type { BidAsk, DealAsk, NativeAsk } from "./ask.ts";
import { type FilledAsset, fill } from "./assets.ts";
import type { NoBidReason } from "./no-bid.ts";

/** What keeps a card that may be shown from an impression, in the order in which it is asked. */
const LIMITS = [
  "advertiser-blocked",
  "seat-excluded",
  "deal-unknown",
  "assets-unfillable",
  "unmatched-viewer",
  "pacing-hold",
  "frequency-cap",
  "slots-exceed-brands",
  "competitive-separation",
] as const satisfies readonly NoBidReason[];
export type Limit = (typeof LIMITS)[number];

/** What limits whom an impression may be filled with. */
export interface Limits extends Pick<BidAsk, "wseat" | "bseat" | "badv">, Pick<Viewing, "at"> {
  readonly snapshot: Snapshot;
  readonly viewer: Profile;
  readonly native: NativeAsk;
  /** Only these; undefined for anybody. */
  readonly deals: readonly DealAsk[] | undefined;
  /** Which of the request's impressions it is, from the top, and what those have that are filled. */
  readonly place: number;
  readonly taken: ReadonlyMap<number, Placement>;
  /** Whether a cap is in the card's way. */
  readonly capOn: (placement: Placement) => HoldReason | null;
}

/** What keeps the card from the impression first; null when nothing does. */
export function limitOn(placement: Placement, limits: Limits): Limit | null {
  const { brand, season, campaign } = placement;
  const { viewer, taken } = limits;
  const unwanted = limitOnBrand(brand, domainOf(season, limits), limits);
  if (unwanted) return unwanted;
  const grant = grantFor(placement, limits);
  if (!grant) return "deal-unknown";
  if (!filledWith(placement, grant, limits)) return "assets-unfillable";
  if (!isFor(campaign.targeting, viewer)) return "unmatched-viewer";
  const cap = limits.capOn(placement);
  if (cap) return cap;
  if ([...taken.values()].some((other) => other.brand === brand)) return "slots-exceed-brands";
  return isTooNear(placement, limits) ? "competitive-separation" : null;
}

/** Of the limits that kept all cards away, each its own, the one that kept away the last. */
export const lastOf = (limits: ReadonlySet<Limit>): Limit | undefined => LIMITS.findLast((limit) => limits.has(limit));

/** The grant it is shown under: the first that the impression's deals name, where they have to; undefined when none of them is good for it. */
export function grantFor({ season, phase, brand, grant, card }: Placement, limits: Limits): ServedGrant | undefined {
  const granted = grantsById(limits.snapshot);
  if (!limits.deals) return granted.get(grant)?.grant;
  const domain = domainOf(season, limits);
  const theirs = limits.deals.flatMap((deal) => {
    const found = granted.get(deal.id);
    return found?.brand === brand && found.season === season.id && isMeant(deal, brand, domain) ? [found.grant] : [];
  });
  return grantsIn({ grants: theirs }, phase, limits.at).find(({ templates }) => templates.includes(card.template));
}

/** What the impression shows of the card; undefined when it cannot. */
export const filledWith = (
  { card, season }: Placement,
  { names }: ServedGrant,
  limits: Pick<Limits, "native" | "snapshot">,
): readonly FilledAsset[] | undefined =>
  // The cards are in the surface's language, which so far is Chinese.
  fill(limits.native.assets, { card, sponsor: names.zh, seasonTag: season.names.zh, marketplaceDomain: domainOf(season, limits) });

/**
 * Why nothing is shown for the impression, when `limit` kept the last card away that may be shown. Those who were asked for by name
 * have a reason of their own: it says more than that others may not be shown.
 */
export function whyNone(limit: Limit, serving: Serving, limits: Limits, viewing: Viewing): NoBidReason {
  const seasons = serving.snapshot.seasons.map((season) => ({ ...season, brands: namedIn(season, limit, limits) }));
  if (seasons.every(({ brands }) => brands.length === 0)) return limit;
  const live = servingIndex({ ...serving, snapshot: { ...serving.snapshot, seasons } })(viewing.at);
  const [answer] = decide(live, { ...viewing, slots: 1 }, () => 0);
  return answer && "noAd" in answer ? answer.noAd : limit;
}

/** Those of a season whom the request names, as far as that limit goes. */
function namedIn(season: ServedSeason, limit: Limit, limits: Limits): readonly ServedBrand[] {
  const domain = domainOf(season, limits);
  if (limit === "advertiser-blocked") return season.brands.filter(({ brand }) => limitOnBrand(brand, domain, limits) !== limit);
  const { deals = [] } = limits;
  const named = () => season.brands.filter(({ brand }) => limitOnBrand(brand, domain, limits) === null);
  if (limit === "seat-excluded") return named();
  if (limit !== "deal-unknown") return [];
  return named().flatMap((each) => {
    const grants = each.grants.filter(({ id }) => deals.some((deal) => deal.id === id && isMeant(deal, each.brand, domain)));
    return grants.length > 0 ? [{ ...each, grants }] : [];
  });
}

function limitOnBrand(brand: string, domain: string, { wseat, bseat = [], badv = [] }: Limits): Limit | null {
  if (isOf(domain, badv)) return "advertiser-blocked";
  return (wseat && !wseat.includes(brand)) || bseat.includes(brand) ? "seat-excluded" : null;
}

/** Whether the deal is for that brand, and for where it sells. */
const isMeant = ({ wseat, wadomain }: DealAsk, brand: string, domain: string): boolean =>
  (!wseat || wseat.includes(brand)) && (!wadomain || isOf(domain, wadomain));

const domainOf = (season: ServedSeason, { snapshot }: Pick<Limits, "snapshot">): string => marketplaceOf(snapshot, season)?.domain ?? "";

/** Whether the domain is one of these, or under one. */
const isOf = (domain: string, those: readonly string[]) =>
  those.some((each) => `.${domain.toLowerCase()}`.endsWith(`.${each.toLowerCase()}`));

/** Whether fewer cards stand between it and one of its category than the surface keeps apart. What is filled later only comes between. */
function isTooNear({ campaign: { category } }: Placement, { snapshot: { separation }, place, taken }: Limits): boolean {
  const between = (other: number) => [...taken.keys()].filter((each) => (each - place) * (each - other) < 0).length;
  return [...taken].some(([other, { campaign }]) => campaign.category === category && between(other) < separation.category);
}

interface Granted {
  readonly season: string;
  readonly brand: string;
  readonly grant: ServedGrant;
}

const known = new WeakMap<Snapshot, ReadonlyMap<string, Granted>>();

/** A snapshot's grants, looked up once for as long as it is served from. */
function grantsById(snapshot: Snapshot): ReadonlyMap<string, Granted> {
  const found =
    known.get(snapshot) ??
    new Map(
      snapshot.seasons.flatMap(({ id: season, brands }) =>
        brands.flatMap(({ brand, grants }) => grants.map((grant) => [grant.id, { season, brand, grant }] as const)),
      ),
    );
  known.set(snapshot, found);
  return found;
}
