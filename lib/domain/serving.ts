import { isReachable, type LinkKind, type Marketplace } from "./destination.ts";
import { type Eligibility, eligible, isCurrent } from "./eligible.ts";
import { isStopped, type LiveSwitch, type Place } from "./kill-switch.ts";
import type { NoAdReason } from "./no-ad.ts";
import { inRing, shareOf } from "./ring.ts";
import { phaseAt } from "./season.ts";
import type { ServedBrand, ServedCampaign, ServedCard, ServedGrant, ServedSeason, Snapshot } from "./snapshot.ts";
import { contains, GUARD_BAND_MS, type Instant } from "./window.ts";

/** What decisions are made from: a host's snapshot of one of its surfaces, and the switches that are thrown. */
export interface Serving {
  readonly snapshot: Snapshot;
  readonly switches: readonly LiveSwitch[];
}

export const marketplaceOf = ({ marketplaces }: Snapshot, { marketplace }: Pick<ServedSeason, "marketplace">): Marketplace | undefined =>
  marketplaces.find(({ id }) => id === marketplace);

/** Who is asked about, and when. `apps`: those the viewer has, or null for whoever there may be. */
export interface Viewing {
  readonly at: Instant;
  readonly apps: readonly string[] | null;
  /** Where the viewer stands in the rings of the season that is open; 0 is in every ring that holds anybody. */
  readonly point: number;
}

/** Why a card of a brand that may be shown is not. */
export type CardReason = "window-not-open" | "window-over" | "campaign-paused" | "template-not-granted" | "kill-switch";

/** An approved card, and why it cannot be shown; null when it can. */
export interface WeighedCard {
  readonly card: ServedCard;
  readonly reason: CardReason | null;
}

/** What of a brand is asked for its permission, whether or not the snapshot knows it. */
export type Asked = Pick<ServedBrand, "brand" | "grants" | "attestation">;

/** Nobody in particular: what keeps every brand out keeps it out. */
export const NOBODY: Asked = { brand: "", grants: [], attestation: null };

/** Whether the brand may be shown in the season at `at`. */
export function standingOf({ snapshot, switches }: Serving, season: ServedSeason, brand: Asked, at: Instant): Eligibility {
  const { host, surface } = snapshot;
  const { grants, attestation } = brand;
  return eligible({ place: { host, surface, season: season.id, brand: brand.brand }, switches, season, grants, attestation }, at);
}

/** Every reason why the brand is not shown at that instant; none when it can be. The cards' own reason is told when nothing else is in their way. */
export function reasonsOf(serving: Serving, season: ServedSeason, brand: ServedBrand, viewing: Viewing): readonly NoAdReason[] {
  const { eligible, reasons } = standingOf(serving, season, brand, viewing.at);
  if (!eligible) return reasons;
  const out = reasonToOpenNone(brand, shareOf(season, brand.brand, viewing.at), viewing.point);
  if (out) return [out];
  const weighed = weighCards(serving, season, brand, viewing);
  if (weighed.some(({ reason }) => reason === null)) return [];
  return [weighed.some(({ reason }) => reason === "kill-switch") ? "kill-switch" : "card-not-approved"];
}

/** Why none of the permitted brand's cards needs to be looked at for this viewer; null when they decide. */
export const reasonToOpenNone = ({ tiers }: Pick<ServedBrand, "tiers">, ring: number, point: number): NoAdReason | null =>
  tiers.length === 0 ? "card-not-approved" : inRing(ring, point) ? null : "outside-trial-ring";

/** The brand's approved cards, and why each cannot be shown. */
export function weighCards(
  serving: Serving,
  season: ServedSeason,
  brand: ServedBrand,
  { at, apps }: Pick<Viewing, "at" | "apps">,
): readonly WeighedCard[] {
  const phase = phaseAt(season.phases, at)?.id;
  const grants = grantsIn(brand, phase, at);
  return brand.campaigns.flatMap((campaign) =>
    campaign.cards.map((card): WeighedCard => {
      const place = { ...placeOf(serving, season, brand, phase), campaign: campaign.id, card: card.id };
      const reason = timeReason(card, at) ?? standingReason(serving, grants, place, campaign, card);
      return { card, reason: reason ?? (leadsOn(serving, season, card, place, apps) ? null : "kill-switch") };
    }),
  );
}

/** The brand's grants that are good for the phase. */
export const grantsIn = ({ grants }: Pick<ServedBrand, "grants">, phase: string | undefined, at: Instant): readonly ServedGrant[] =>
  grants.filter((grant) => isCurrent(grant, at) && grant.phases.some((each) => each === phase));

/** Where the brand is shown. */
export const placeOf = (
  { snapshot: { host, surface } }: Serving,
  { id }: Pick<ServedSeason, "id">,
  { brand }: Asked,
  phase: string | undefined,
): Place => ({ host, surface, season: id, phase, brand });

/** What time has to say of the card. */
export const timeReason = ({ window }: ServedCard, at: Instant): CardReason | null =>
  contains(window, at, GUARD_BAND_MS) ? null : at < window.opensAt + GUARD_BAND_MS ? "window-not-open" : "window-over";

/** What, besides time and the viewer, is in the card's way: it needs a campaign that runs, and one of `grants` that names its template. */
export function standingReason(
  { switches }: Serving,
  grants: readonly ServedGrant[],
  place: Place,
  { state }: Pick<ServedCampaign, "state">,
  { template }: Pick<ServedCard, "template">,
): CardReason | null {
  if (state !== "active") return "campaign-paused";
  if (!grants.some(({ templates }) => templates.includes(template))) return "template-not-granted";
  return isStopped(switches, place) ? "kill-switch" : null;
}

/** Whether a way to where the card leads is left. Only switches take ways away; without any, whatever the catalogue offers is good. */
export function leadsOn(
  { snapshot, switches }: Serving,
  season: Pick<ServedSeason, "marketplace">,
  { destination }: ServedCard,
  place: Place,
  apps: readonly string[] | null,
): boolean {
  const isOpen = (linkKind: LinkKind) => !isStopped(switches, { ...place, linkKind });
  if (isOpen("app") && isOpen("web")) return true;
  const found = marketplaceOf(snapshot, season);
  return found !== undefined && isReachable(found, destination, apps ?? found.apps, isOpen);
}

/** Whether any switch stops links, so that it matters which apps a viewer has. */
export const stopsLinks = ({ switches }: Pick<Serving, "switches">): boolean => switches.some(({ aim }) => aim.linkKind !== null);

/** Of the apps a viewer has, those that can make a difference: without a switch on links none does. */
export const appsThatMatter = (serving: Serving, installed: readonly string[]): readonly string[] =>
  stopsLinks(serving)
    ? [...new Set(serving.snapshot.marketplaces.flatMap(({ apps }) => apps))].filter((app) => installed.includes(app))
    : [];

/**
 * Where the viewer stands in the open season's rings; 0 where there are none. On a surface one season is open at a time, since
 * published windows never meet. `pointOf` yields 0 to 9,999.
 */
export function pointThatMatters({ snapshot }: Serving, at: Instant, pointOf: (season: string) => number): number {
  const open = snapshot.seasons.find(({ phases, rings, ringTurns }) => rings.length + ringTurns.length > 0 && phaseAt(phases, at));
  return open ? pointOf(open.id) : 0;
}

/** How near a season came to showing a card. */
const NEARNESS: readonly NoAdReason[] = [
  "season-closed",
  "phase-not-open",
  "brand-not-whitelisted",
  "grant-expired",
  "attestation-missing",
  "card-not-approved",
  "kill-switch",
  "outside-trial-ring",
  "unmatched-viewer",
  "fair-share-hold",
  "pacing-hold",
  "frequency-cap",
  "competitive-separation",
];

/** The nearest miss is the reason worth telling; undefined when there is none. */
export const nearest = (misses: ReadonlySet<NoAdReason>): NoAdReason | undefined => NEARNESS.findLast((reason) => misses.has(reason));
