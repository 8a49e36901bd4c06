import { eligible, isCurrent } from "./eligible.ts";
import type { NoAdReason } from "./no-ad.ts";
import { phaseAt } from "./season.ts";
import type { ServedBrand, ServedCard, ServedSeason, Snapshot } from "./snapshot.ts";
import { contains, GUARD_BAND_MS, type Instant } from "./window.ts";

/** A card chosen for a slot, with all that counting and routing need to know of it. */
export interface Placement {
  readonly season: Pick<ServedSeason, "id" | "marketplace" | "instants">;
  readonly phase: string;
  readonly brand: string;
  readonly card: ServedCard;
}

export type SlotAnswer = { readonly placement: Placement } | { readonly noAd: NoAdReason };

interface Candidate {
  readonly season: ServedSeason;
  readonly phase: string;
  readonly brand: string;
  readonly cards: readonly ServedCard[];
}

/**
 * Fills the slots from the snapshot at `at`: brands share evenly and none appears twice in one answer.
 * Permission is `eligible`'s alone. `random` yields [0, 1).
 */
export function decide(snapshot: Snapshot, slots: number, at: Instant, random: () => number): SlotAnswer[] {
  const candidates = [
    ...new Map(snapshot.seasons.flatMap((season) => candidatesOf(season, at)).map((each) => [each.brand, each])).values(),
  ];
  const drawn = draw(candidates, slots, random);
  const emptyBecause = candidates.length > 0 ? "slots-exceed-brands" : whyNone(snapshot.seasons, at);
  return Array.from({ length: slots }, (_, slot) => {
    const candidate = drawn[slot];
    const card = candidate && pick(candidate.cards, random);
    return candidate && card
      ? { placement: { season: candidate.season, phase: candidate.phase, brand: candidate.brand, card } }
      : { noAd: emptyBecause };
  });
}

function candidatesOf(season: ServedSeason, at: Instant): Candidate[] {
  const phase = phaseAt(season.phases, at);
  if (!phase) return [];
  return season.brands.flatMap((brand) => {
    const cards = standing(season, brand, at).eligible ? servableCards(brand, phase.id, at) : [];
    return cards.length > 0 ? [{ season, phase: phase.id, brand: brand.brand, cards }] : [];
  });
}

const standing = (season: ServedSeason, { grants, attestation }: ServedBrand, at: Instant) => eligible({ season, grants, attestation }, at);

/** Cards of campaigns in flight, in a template that a current grant names for this phase. */
function servableCards({ grants, campaigns }: ServedBrand, phase: string, at: Instant): ServedCard[] {
  const templates = new Set(
    grants.filter((grant) => isCurrent(grant, at) && grant.phases.includes(phase)).flatMap((grant) => grant.templates),
  );
  return campaigns
    .filter(({ flight }) => flight === null || contains(flight, at, GUARD_BAND_MS))
    .flatMap(({ cards }) => cards.filter(({ template }) => templates.has(template)));
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
];

function whyNone(seasons: readonly ServedSeason[], at: Instant): NoAdReason {
  const misses = seasons.flatMap((season): NoAdReason[] => {
    if (season.brands.length === 0) return [...eligible({ season, grants: [], attestation: null }, at).reasons.slice(0, 1)];
    return season.brands.map((brand) => standing(season, brand, at).reasons[0] ?? "card-not-approved");
  });
  return NEARNESS.findLast((reason) => misses.includes(reason)) ?? "season-closed";
}
