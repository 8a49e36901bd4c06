import type { NoAdReason } from "./no-ad.ts";
import type { Placement } from "./serving-index.ts";

/** Why a campaign is kept from a viewer for now. */
export type HoldReason = Extract<NoAdReason, "pacing-hold" | "frequency-cap">;

/** What a decision's id says of them: six characters each or so. */
export const MOST_HELD = 30;

/** A campaign that was held back: the ordinal of its brand in its season, and its own in its brand. One season is open at a time. */
export interface Held {
  readonly brand: number;
  readonly campaign: number;
  readonly reason: HoldReason;
}

export function heldOf({ season, brand, campaign }: Placement, reason: HoldReason): Held {
  const index = season.brands.findIndex((each) => each.brand === brand);
  return { brand: index, campaign: season.brands[index]?.campaigns.findIndex(({ id }) => id === campaign.id) ?? -1, reason };
}

/** Holds back again what was held back then. */
export function holding(held: readonly Held[]): (placement: Placement) => HoldReason | null {
  if (held.length === 0) return () => null;
  return (placement) => {
    const ours = heldOf(placement, "pacing-hold");
    return held.find(({ brand, campaign }) => brand === ours.brand && campaign === ours.campaign)?.reason ?? null;
  };
}
