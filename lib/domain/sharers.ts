import type { Ceilings, Sharer } from "./fair-share.ts";
import type { Season } from "./season.ts";
import { grantsIn, type Serving } from "./serving.ts";
import { against, type LiveBrand, type Placement, servingIndex } from "./serving-index.ts";
import type { Instant } from "./window.ts";

/** Who shares in what is shown at that instant: by the very index that decisions draw from, the brands of its first tier that have a card to show. */
export function sharersOf(serving: Serving, at: Instant): readonly Sharer[] {
  const { tiers } = servingIndex(serving)(at);
  return tiers.map(({ brands }) => brands.flatMap((brand) => sharerOf(brand, at))).find(({ length }) => length > 0) ?? [];
}

function sharerOf({ brand, ring, cards }: LiveBrand, at: Instant): readonly Sharer[] {
  const shown = cards.placements.filter((_, index) => against(cards, index, { at, apps: null }) === null);
  const [first] = shown;
  if (!first) return [];
  return [{ brand, ring, granted: grantedIn(first, at), categories: [...new Set(shown.map(({ campaign }) => campaign.category))] }];
}

/** The widest of the shares its grants name; null where one names none. */
function grantedIn({ season, phase, brand }: Placement, at: Instant): number | null {
  const served = season.brands.find((each) => each.brand === brand);
  const shares = served ? grantsIn(served, phase, at).map(({ dailyShare }) => dailyShare ?? null) : [];
  return shares.length === 0 || shares.includes(null) ? null : Math.max(...shares.map(Number));
}

/** What the season may take of the surface in a day. */
export function ceilingsOf({ hostCaps }: Pick<Season, "hostCaps">, surface: string): Ceilings {
  const cap = hostCaps.find((each) => each.surface === surface);
  return {
    perDay: cap?.impressionsPerDay ?? null,
    categories: Object.fromEntries((cap?.categoryShares ?? []).map(({ category, share }) => [category, share])),
  };
}
