import { type AliasTable, aliasTable } from "./alias-table.ts";
import { base36 } from "./base-36.ts";
import type { Place } from "./kill-switch.ts";
import type { NoAdReason } from "./no-ad.ts";
import { hasCap } from "./pacing.ts";
import { shareOf } from "./ring.ts";
import { phaseAt } from "./season.ts";
import type { Seen } from "./separation.ts";
import {
  grantsIn,
  leadsOn,
  NOBODY,
  nearest,
  placeOf,
  reasonToOpenNone,
  type Serving,
  standingOf,
  standingReason,
  stopsLinks,
  timeReason,
  type Viewing,
} from "./serving.ts";
import type { ServedBrand, ServedCampaign, ServedCard, ServedGrant, ServedSeason, Snapshot, Tier } from "./snapshot.ts";
import { isForAll } from "./targeting.ts";
import { GUARD_BAND_MS, type Instant } from "./window.ts";

/** A card chosen for a slot, with all that counting and routing need to know of it. */
export interface Placement extends Seen {
  readonly season: ServedSeason;
  readonly phase: string;
  /** The whitelist entry that lets it be shown. */
  readonly grant: string;
  readonly campaign: ServedCampaign;
  readonly card: ServedCard;
  /** What marks it as an advert. */
  readonly label: Snapshot["label"];
  /** Where its campaign stands in the snapshot: which brand of all seasons', and which of the brand's. */
  readonly ordinal: string;
  /** Of the card: who else is to be told of it. */
  readonly monitoring: ServedCard["monitoring"];
  /** Neither targeting nor a cap has a say: nothing of the viewer is asked of its campaign. */
  readonly isForAnybody: boolean;
  /** What its tokens say of it, the same whenever it is placed: made when it is first needed. */
  spot: string | undefined;
  /** What its JSON says of it, likewise. */
  sight: string | undefined;
}

/** First what brands run, then what they run where nothing else may be shown (GAM priorities 8 and 16, facts.md §7). */
export const TIERS = ["standard", "house"] as const satisfies readonly Tier[];

/** The brand's share of the season's draws beside the others'; 0 keeps it out of them. */
export type Shares = (brand: string) => number;

/** Brands share evenly. */
export const EVEN: Shares = () => 1;

/** All that may be shown at one instant, and until when and since when the same holds. */
export interface Live {
  readonly from: Instant;
  /** The first instant at which it may be otherwise. */
  readonly until: Instant;
  readonly tiers: readonly LiveTier[];
  /** The nearest miss of all that may not be shown; null when there is none. */
  readonly miss: NoAdReason | null;
}

/** Brands that run something in a tier. */
export interface LiveTier {
  readonly brands: readonly LiveBrand[];
  /** Draws the index of a brand by its share; undefined when none has any. */
  readonly table: AliasTable | undefined;
  readonly weights: readonly number[];
}

/** What a brand may show in a tier. Its cards are made ready when it is first drawn. */
export class LiveBrand {
  readonly brand: string;
  /** Viewers below it are in the rings of season and brand. */
  readonly ring: number;
  #cards: LiveCards | undefined;
  readonly #open: () => LiveCards;

  constructor(brand: string, ring: number, open: () => LiveCards) {
    this.brand = brand;
    this.ring = ring;
    this.#open = open;
  }

  get cards(): LiveCards {
    this.#cards ??= this.#open();
    return this.#cards;
  }
}

/** Cards that nothing but time and the viewer may be against. */
export interface LiveCards {
  readonly placements: readonly Placement[];
  /** Two instants to a placement: from when, and until when it may be shown, the guard band applied. */
  readonly windows: readonly Instant[];
  /** Draws the index of a placement by its weight. */
  readonly table: AliasTable | undefined;
  /** A card's part of its brand's draws. */
  readonly weights: readonly number[];
  /** Whether whoever has these apps is led on; null where everybody is. */
  readonly hasWay: ((placement: Placement, apps: Viewing["apps"]) => boolean) | null;
  /** The nearest miss of the brand's other cards. */
  readonly missAt: (at: Instant) => NoAdReason;
}

/** What is against showing the placement at that index, at that instant to whoever has these apps; null for nothing. */
export function against(
  { placements, windows, hasWay }: LiveCards,
  index: number,
  { at, apps }: Pick<Viewing, "at" | "apps">,
): NoAdReason | null {
  if (at < (windows[2 * index] as Instant) || at >= (windows[2 * index + 1] as Instant)) return "card-not-approved";
  return hasWay === null || hasWay(placements[index] as Placement, apps) ? null : "kill-switch";
}

/**
 * A serving made ready, so that a decision costs the same however many cards there are: whom permission, switches and rings let
 * through is asked once for all instants between two at which the answer may change, and `eligible` is what is asked. One `at`
 * after another may go back and forth; the last answer is kept. Brands share by `shares`, or by what is said instead at an instant.
 */
export function servingIndex(serving: Serving, shares: Shares = EVEN): (at: Instant, by?: Shares) => Live {
  const turns = turnsOf(serving);
  let live: Live | undefined;
  let last: Shares | undefined;
  return (at, by = shares) => {
    if (!live || at < live.from || at >= live.until) live = liveAt(serving, by, at, between(turns, at));
    // A minute's correction asks nobody anew, and leaves opened what was opened.
    else if (by !== last) live = { ...live, tiers: live.tiers.map(({ brands }) => liveTier(brands, by)) };
    last = by;
    return live;
  };
}

/** Every instant at which whether a brand may be shown can change, in order, as serving takes it: the guard band applied. */
function turnsOf({ snapshot }: Serving): readonly Instant[] {
  const turns = snapshot.seasons.flatMap((season) => [
    ...season.phases.flatMap(({ opensAt, closesAt }) => [opensAt + GUARD_BAND_MS, closesAt - GUARD_BAND_MS]),
    ...season.rings.flatMap(({ steps }) => steps.map(({ from }) => from)),
    ...season.brands.flatMap(({ grants, attestation }) =>
      [...grants, ...(attestation ? [attestation] : [])].map(({ expiresAt }) => expiresAt - GUARD_BAND_MS),
    ),
  ]);
  return [...new Set(turns)].sort((one, other) => one - other);
}

const between = (turns: readonly Instant[], at: Instant): Pick<Live, "from" | "until"> => ({
  from: turns.findLast((turn) => turn <= at) ?? Number.NEGATIVE_INFINITY,
  until: turns.find((turn) => turn > at) ?? Number.POSITIVE_INFINITY,
});

function liveAt(serving: Serving, shares: Shares, at: Instant, interval: Pick<Live, "from" | "until">): Live {
  const misses = new Set<NoAdReason>();
  const found: Record<Tier, LiveBrand[]> = { standard: [], house: [] };
  let first = 0;
  for (const season of serving.snapshot.seasons) {
    const ordinal = first;
    first += season.brands.length;
    const phase = phaseAt(season.phases, at)?.id;
    // Whatever closes the season closes it to everybody: nobody needs to be asked one by one.
    const all = standingOf(serving, season, NOBODY, at).reasons[0];
    if (phase === undefined || season.brands.length === 0) {
      if (all) misses.add(all);
      continue;
    }
    season.brands.forEach((brand, index) => {
      const { eligible, reasons } = standingOf(serving, season, brand, at);
      const ring = shareOf(season, brand.brand, at);
      // Point 0 is in every ring that holds anybody.
      const miss = eligible ? reasonToOpenNone(brand, ring, 0) : reasons[0];
      if (miss) misses.add(miss);
      else
        for (const tier of brand.tiers)
          found[tier].push(liveBrand(serving, { season, phase, brand, at, ordinal: ordinal + index }, tier, ring));
    });
  }
  const tiers = TIERS.map((tier) => liveTier(found[tier], shares)).filter(({ brands }) => brands.length > 0);
  return { ...interval, tiers, miss: nearest(misses) ?? null };
}

function liveTier(brands: readonly LiveBrand[], shares: Shares): LiveTier {
  const weights = brands.map(({ brand }) => shares(brand));
  return { brands, weights, table: aliasTable(weights) };
}

interface Where {
  readonly season: ServedSeason;
  readonly phase: string;
  readonly brand: ServedBrand;
  /** Which of all seasons' brands it is. */
  readonly ordinal: number;
  readonly at: Instant;
}

const liveBrand = (serving: Serving, where: Where, tier: Tier, ring: number): LiveBrand =>
  new LiveBrand(where.brand.brand, ring, () => liveCards(serving, where, tier));

function liveCards(serving: Serving, { season, phase, brand, ordinal: ofBrand, at }: Where, tier: Tier): LiveCards {
  const { label } = serving.snapshot;
  const grants = grantsIn(brand, phase, at);
  const place = placeOf(serving, season, brand, phase);
  const placeWithin = (card: ServedCard): Place => ({ ...place, campaign: card.campaign, card: card.id });
  const stopped: ServedCard[] = [];
  const found = brand.campaigns.flatMap((campaign, index) => {
    if (campaign.tier !== tier) return [];
    const ordinal = `${base36(ofBrand)}-${base36(index)}`;
    const isForAnybody = isForAll(campaign.targeting) && !hasCap(campaign);
    const standing = campaign.cards.filter((card) => {
      const reason = standingReason(serving, grants, placeWithin(card), campaign, card);
      if (reason === "kill-switch") stopped.push(card);
      return reason === null;
    });
    const sum = standing.reduce((total, { weight }) => total + weight, 0);
    return standing.map((card) => {
      const grant = grantOf(grants, card);
      const of = {
        season,
        phase,
        brand: brand.brand,
        category: campaign.category,
        grant,
        campaign,
        card,
        label,
        ordinal,
        monitoring: card.monitoring,
        isForAnybody,
      };
      return { placement: { ...of, spot: undefined, sight: undefined }, weight: (campaign.weight * card.weight) / sum };
    });
  });
  const weights = found.map(({ weight }) => weight);
  return {
    placements: found.map(({ placement }) => placement),
    windows: found.flatMap(({ placement: { card } }) => [card.window.opensAt + GUARD_BAND_MS, card.window.closesAt - GUARD_BAND_MS]),
    weights,
    table: aliasTable(weights),
    hasWay: stopsLinks(serving) ? ({ card }, apps) => leadsOn(serving, season, card, placeWithin(card), apps) : null,
    missAt: (then) => (stopped.some((card) => timeReason(card, then) === null) ? "kill-switch" : "card-not-approved"),
  };
}

const grantOf = (grants: readonly ServedGrant[], { template }: ServedCard): string =>
  grants.find(({ templates }) => templates.includes(template))?.id ?? "";
