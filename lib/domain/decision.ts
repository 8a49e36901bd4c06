import { type LinkKind, type Marketplace, route } from "./destination.ts";
import { type Eligibility, eligible, isCurrent } from "./eligible.ts";
import { isStopped, type LiveSwitch, type Place } from "./kill-switch.ts";
import type { NoAdReason } from "./no-ad.ts";
import { inRing, shareOf } from "./ring.ts";
import { phaseAt } from "./season.ts";
import type { ServedBrand, ServedCard, ServedGrant, ServedSeason, Snapshot } from "./snapshot.ts";
import { contains, GUARD_BAND_MS, type Instant } from "./window.ts";

/** What decisions are made from: a host's snapshot of one of its surfaces, the switches that are thrown, and where links lead. */
export interface Serving {
  readonly host: string;
  readonly snapshot: Snapshot;
  readonly switches: readonly LiveSwitch[];
  readonly marketplace: (id: string) => Marketplace | undefined;
}

/** What is asked. `apps`: those the viewer has, or null for whoever there may be. */
export interface Ask {
  readonly slots: number;
  readonly at: Instant;
  readonly apps: readonly string[] | null;
  /** Where the viewer stands in the rings of the season that is open; 0 is in every ring that holds anybody. */
  readonly point: number;
}

/** A card chosen for a slot, with all that counting and routing need to know of it. */
export interface Placement {
  readonly season: Pick<ServedSeason, "id" | "marketplace" | "instants">;
  readonly phase: string;
  readonly brand: string;
  /** The grant it is shown under; empty where the snapshot was published before grants had their ids in it. */
  readonly grant: string;
  readonly card: ServedCard;
}

export type SlotAnswer = { readonly placement: Placement } | { readonly noAd: NoAdReason };

/** Why a card of a brand that may be shown is not. */
export type CardReason = "flight-not-open" | "flight-over" | "template-not-granted" | "kill-switch";

/** An approved card, and why it cannot be shown; null when it can. */
export interface WeighedCard {
  readonly card: ServedCard;
  readonly reason: CardReason | null;
}

interface Candidate {
  readonly season: ServedSeason;
  readonly phase: string;
  readonly brand: string;
  readonly grants: readonly ServedGrant[];
  readonly cards: readonly ServedCard[];
}

/**
 * Fills the slots at an instant: brands share evenly and none appears twice in one answer. Permission is `eligible`'s alone.
 * `random` yields [0, 1); the same serving, ask and row of random numbers give the same answer.
 */
export function decide(serving: Serving, ask: Ask, random: () => number): SlotAnswer[] {
  const { seasons } = serving.snapshot;
  const candidates = [
    ...new Map(seasons.flatMap((season) => candidatesOf(serving, season, ask)).map((each) => [each.brand, each])).values(),
  ];
  const drawn = draw(candidates, ask.slots, random);
  const emptyBecause = candidates.length > 0 ? "slots-exceed-brands" : whyNone(serving, ask);
  return Array.from({ length: ask.slots }, (_, slot) => {
    const candidate = drawn[slot];
    const card = candidate && pick(candidate.cards, random);
    return candidate && card ? { placement: placementOf(candidate, card, ask.at) } : { noAd: emptyBecause };
  });
}

function placementOf({ season, phase, brand, grants }: Candidate, card: ServedCard, at: Instant): Placement {
  return { season, phase, brand, grant: grantFor(grants, { phase, template: card.template }, at)?.id ?? "", card };
}

/** The grant under which a brand's card of this template is shown in this phase: the first that is current and names both. */
export const grantFor = (
  grants: readonly ServedGrant[],
  { phase, template }: { readonly phase: string; readonly template: string },
  at: Instant,
): ServedGrant | undefined =>
  grants.find((grant) => isCurrent(grant, at) && grant.phases.includes(phase) && grant.templates.includes(template));

function candidatesOf(serving: Serving, season: ServedSeason, ask: Ask): Candidate[] {
  const phase = phaseAt(season.phases, ask.at);
  if (!phase) return [];
  return season.brands.flatMap((brand) => {
    const may = standingOf(serving, season, brand, ask.at).eligible && isInTrial(season, brand, ask);
    const cards = may ? weighCards(serving, season, brand, ask).flatMap(({ card, reason }) => (reason === null ? [card] : [])) : [];
    return cards.length > 0 ? [{ season, phase: phase.id, brand: brand.brand, grants: brand.grants, cards }] : [];
  });
}

/** What of a brand is asked for its permission, whether or not the snapshot knows it. */
type Asked = Pick<ServedBrand, "brand" | "grants" | "attestation">;

/** Whether the brand may be shown in the season at `at`. */
export function standingOf(
  { host, snapshot, switches }: Serving,
  season: ServedSeason,
  { brand, ...keys }: Asked,
  at: Instant,
): Eligibility {
  return eligible({ place: { host, surface: snapshot.surface, season: season.id, brand }, switches, season, ...keys }, at);
}

/** Every reason why the brand is not shown at that instant; none when it can be. The cards' own reason is told when nothing else is in their way. */
export function reasonsOf(serving: Serving, season: ServedSeason, brand: ServedBrand, ask: Omit<Ask, "slots">): readonly NoAdReason[] {
  const { eligible, reasons } = standingOf(serving, season, brand, ask.at);
  if (!eligible) return reasons;
  const weighed = weighCards(serving, season, brand, ask);
  if (weighed.some(({ reason }) => reason === null)) return isInTrial(season, brand, ask) ? [] : ["outside-trial-ring"];
  return [weighed.some(({ reason }) => reason === "kill-switch") ? "kill-switch" : "card-not-approved"];
}

const isInTrial = (season: ServedSeason, { brand }: ServedBrand, { at, point }: Pick<Ask, "at" | "point">) =>
  inRing(shareOf(season, brand, at), point);

/** The brand's approved cards: shown are those in flight, in a template that a current grant names for the phase, and that no switch stops. */
export function weighCards(
  serving: Serving,
  season: ServedSeason,
  { brand, grants, campaigns }: ServedBrand,
  { at, apps }: Pick<Ask, "at" | "apps">,
): readonly WeighedCard[] {
  const phase = phaseAt(season.phases, at)?.id;
  const templates = new Set(
    grants.filter((grant) => isCurrent(grant, at) && grant.phases.some((each) => each === phase)).flatMap((grant) => grant.templates),
  );
  const place = { host: serving.host, surface: serving.snapshot.surface, season: season.id, phase, brand };
  return campaigns.flatMap(({ id: campaign, flight, cards }) =>
    cards.map((card): WeighedCard => {
      if (flight !== null && !contains(flight, at, GUARD_BAND_MS))
        return { card, reason: at < flight.opensAt + GUARD_BAND_MS ? "flight-not-open" : "flight-over" };
      if (!templates.has(card.template)) return { card, reason: "template-not-granted" };
      const here = { ...place, campaign, card: card.id };
      return { card, reason: isStopped(serving.switches, here) || !leadsOn(serving, season, card, here, apps) ? "kill-switch" : null };
    }),
  );
}

/** Whether a way to where the card leads is left. Only switches take ways away; without any, whatever the catalogue offers is good. */
function leadsOn(
  { switches, marketplace }: Serving,
  season: ServedSeason,
  { destination }: ServedCard,
  place: Place,
  apps: readonly string[] | null,
): boolean {
  const isOpen = (linkKind: LinkKind) => !isStopped(switches, { ...place, linkKind });
  if (isOpen("app") && isOpen("web")) return true;
  const found = marketplace(season.marketplace);
  return found !== undefined && route(found, destination, apps ?? found.apps, isOpen) !== undefined;
}

/** Of the apps a viewer has, those that can make a difference: without a switch on links none does. */
export const appsThatMatter = ({ snapshot, switches, marketplace }: Serving, installed: readonly string[]): readonly string[] =>
  switches.some(({ aim }) => aim.linkKind !== null)
    ? [...new Set(snapshot.seasons.flatMap((season) => marketplace(season.marketplace)?.apps ?? []))].filter((app) =>
        installed.includes(app),
      )
    : [];

/**
 * Where the viewer stands in the open season's rings; 0 where there are none. On a surface one season is open at a time, since
 * published windows never meet. `pointOf` yields 0 to 9,999.
 */
export function pointThatMatters({ snapshot }: Serving, at: Instant, pointOf: (season: string) => number): number {
  const open = snapshot.seasons.find(({ phases, rings, ringTurns }) => phaseAt(phases, at) && rings.length + ringTurns.length > 0);
  return open ? pointOf(open.id) : 0;
}

/** The first `count` of a Fisher-Yates shuffle: each brand is as likely as any other in every slot. */
function draw<T>(items: readonly T[], count: number, random: () => number): T[] {
  const pool = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && pool.length > 0) drawn.push(...pool.splice(Math.floor(random() * pool.length), 1));
  return drawn;
}

const pick = <T>(items: readonly T[], random: () => number): T | undefined => items[Math.floor(random() * items.length)];

/** How near a season came to showing a card; the nearest miss is the reason worth telling. */
const NEARNESS: readonly NoAdReason[] = [
  "season-closed",
  "phase-not-open",
  "brand-not-whitelisted",
  "grant-expired",
  "attestation-missing",
  "card-not-approved",
  "kill-switch",
  "outside-trial-ring",
];

function whyNone(serving: Serving, ask: Ask): NoAdReason {
  const misses = serving.snapshot.seasons.flatMap((season): readonly NoAdReason[] => {
    if (season.brands.length === 0) return standingOf(serving, season, NOBODY, ask.at).reasons.slice(0, 1);
    return season.brands.flatMap((brand) => reasonsOf(serving, season, brand, ask).slice(0, 1));
  });
  return NEARNESS.findLast((reason) => misses.includes(reason)) ?? "season-closed";
}

const NOBODY: Asked = { brand: "", grants: [], attestation: null };
