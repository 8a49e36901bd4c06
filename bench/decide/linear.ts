import type { Ask } from "../../lib/domain/decision.ts";
import { phaseAt } from "../../lib/domain/season.ts";
import { grantsIn, placeOf, type Serving, standingOf, standingReason, timeReason } from "../../lib/domain/serving.ts";
import type { ServedCard } from "../../lib/domain/snapshot.ts";

/** The same answer for one slot by asking every card's rules at every request, as one would write it first. For comparison. */
export function decideByAskingAll(serving: Serving, { at }: Pick<Ask, "at">, random: () => number): ServedCard | undefined {
  const brands = serving.snapshot.seasons.flatMap((season) => {
    const phase = phaseAt(season.phases, at)?.id;
    return season.brands.flatMap((brand) => {
      if (phase === undefined || !standingOf(serving, season, brand, at).eligible) return [];
      const grants = grantsIn(brand, phase, at);
      const place = placeOf(serving, season, brand, phase);
      const cards = brand.campaigns.flatMap((campaign) => {
        const sum = sumOf(campaign.cards);
        return campaign.cards.flatMap((card) => {
          if (timeReason(card, at) !== null) return [];
          const reason = standingReason(serving, grants, { ...place, campaign: campaign.id, card: card.id }, campaign, card);
          return reason === null ? [{ card, weight: (campaign.weight * card.weight) / sum }] : [];
        });
      });
      return cards.length > 0 ? [cards] : [];
    });
  });
  const cards = brands[Math.floor(random() * brands.length)] ?? [];
  let left = random() * sumOf(cards);
  return cards.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })?.card;
}

const sumOf = (things: readonly { readonly weight: number }[]): number => things.reduce((total, { weight }) => total + weight, 0);
