import { draw } from "./alias-table.ts";
import type { NoAdReason } from "./no-ad.ts";
import { nearest, type Viewing } from "./serving.ts";
import { against, type Live, type LiveBrand, type LiveCards, type LiveTier, type Placement } from "./serving-index.ts";

/** What is asked. */
export interface Ask extends Viewing {
  readonly slots: number;
  /** What keeps a card from this viewer now, beside all that keeps it from everybody; null for nothing. */
  readonly holds?: Holds | undefined;
}

/** Asked of each card drawn; `shown` are those that the answer has before it, in order. */
export type Holds = (placement: Placement, shown: readonly Placement[]) => NoAdReason | null;

export type SlotAnswer = { readonly placement: Placement } | { readonly noAd: NoAdReason };

/** So many draws in vain, and all there are is looked at, once. What is hard to find then costs more, and is found all the same. */
const DRAWS = 16;

/**
 * Fills the slots: brands by their shares, none twice in one answer; of a brand its cards by weight. What is drawn and may not be
 * shown is drawn again, so that of those that may be each keeps its share. A tier is asked only when the one before has nothing.
 * `random` yields [0, 1); the same live brands, ask and row of random numbers give the same answer.
 */
export function decide(live: Live, ask: Ask, random: () => number): SlotAnswer[] {
  const shown: Placement[] = [];
  const answers: SlotAnswer[] = [];
  for (let slot = 0; slot < ask.slots; slot++) answers.push(fill(live, ask, shown, random));
  return answers;
}

function fill(live: Live, ask: Ask, shown: Placement[], random: () => number): SlotAnswer {
  const misses = new Set<NoAdReason>();
  for (const tier of live.tiers) {
    const placement = drawn(tier, ask, shown, random) ?? found(tier, ask, shown, misses, random);
    if (placement) {
      shown.push(placement);
      return { placement };
    }
  }
  return { noAd: whyNone(live, shown, misses) };
}

/** By chance; undefined also when there is something and chance did not find it. */
function drawn({ brands, table }: LiveTier, ask: Ask, shown: readonly Placement[], random: () => number): Placement | undefined {
  if (!table) return undefined;
  for (let tries = 0; tries < DRAWS && shown.length < brands.length; tries++) {
    const brand = brands[draw(table, random)] as LiveBrand;
    if (ask.point >= brand.ring || isIn(shown, brand)) continue;
    const placement = cardOf(brand, ask, shown, random);
    if (placement) return placement;
  }
  return undefined;
}

/** Of all that may be shown, one by the same shares; undefined when there is nothing, and then `misses` has why. */
function found(
  tier: LiveTier,
  ask: Ask,
  shown: readonly Placement[],
  misses: Set<NoAdReason>,
  random: () => number,
): Placement | undefined {
  const left = tier.brands.flatMap((brand, index) => {
    const weight = tier.weights[index] ?? 0;
    if (isIn(shown, brand)) return [];
    const miss = missOf(brand, ask, shown) ?? (weight > 0 ? undefined : "fair-share-hold");
    if (miss) misses.add(miss);
    return miss ? [] : [{ brand, weight }];
  });
  const choice = byWeight(left, random);
  return choice && cardOf(choice.brand, ask, shown, random);
}

/** One of the brand's cards by weight. */
function cardOf({ cards }: LiveBrand, ask: Ask, shown: readonly Placement[], random: () => number): Placement | undefined {
  const { placements, table, weights } = cards;
  if (!table) return undefined;
  for (let tries = 0; tries < DRAWS; tries++) {
    const index = draw(table, random);
    if (reasonAgainst(cards, index, ask, shown) === null) return placements[index];
    if (placements.length === 1) return undefined;
  }
  const left = placements.flatMap((placement, index) =>
    reasonAgainst(cards, index, ask, shown) === null ? [{ placement, weight: weights[index] ?? 0 }] : [],
  );
  return byWeight(left, random)?.placement;
}

const isIn = (shown: readonly Placement[], { brand }: LiveBrand): boolean => shown.some((placement) => placement.brand === brand);

const reasonAgainst = (cards: LiveCards, index: number, ask: Ask, shown: readonly Placement[]): NoAdReason | null =>
  against(cards, index, ask) ?? ask.holds?.(cards.placements[index] as Placement, shown) ?? null;

/** Why the brand has nothing for this viewer; undefined when it has. */
function missOf(brand: LiveBrand, ask: Ask, shown: readonly Placement[]): NoAdReason | undefined {
  if (ask.point >= brand.ring) return "outside-trial-ring";
  const { cards } = brand;
  const reasons = new Set<NoAdReason>([cards.missAt(ask.at)]);
  for (const index of cards.placements.keys()) {
    const reason = reasonAgainst(cards, index, ask, shown);
    if (reason === null) return undefined;
    reasons.add(reason);
  }
  return nearest(reasons);
}

function byWeight<T extends { readonly weight: number }>(choices: readonly T[], random: () => number): T | undefined {
  let left = random() * choices.reduce((total, { weight }) => total + weight, 0);
  const choice = choices.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  // Rounding may leave a little of the last one's weight.
  return choice ?? choices.at(-1);
}

/** What keeps a brand from this viewer alone is told also of a slot beside others that are filled. */
const OF_THE_VIEWER: readonly NoAdReason[] = ["unmatched-viewer", "fair-share-hold", "competitive-separation"];

function whyNone({ miss }: Live, shown: readonly Placement[], misses: Set<NoAdReason>): NoAdReason {
  if (shown.length > 0) return nearest(new Set(OF_THE_VIEWER.filter((reason) => misses.has(reason)))) ?? "slots-exceed-brands";
  if (miss) misses.add(miss);
  return nearest(misses) ?? "season-closed";
}
