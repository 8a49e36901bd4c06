import type { Holds } from "./decision.ts";
import type { NoAdReason } from "./no-ad.ts";
import type { Placement } from "./serving-index.ts";

/**
 * Campaigns that were drawn and held back from one viewer, and why: by how many cards were shown before, and the ordinals of their
 * placements. A decision's id says them, so that it can be told again without anybody knowing who the viewer was.
 */
export type Held = ReadonlyMap<string, HoldReason>;

/** What may hold a campaign back from a viewer, by the letter it is written with. */
const LETTERS = {
  "unmatched-viewer": "u",
  "competitive-separation": "s",
} as const satisfies Partial<Record<NoAdReason, string>>;

export type HoldReason = keyof typeof LETTERS;

const REASONS = new Map<string, HoldReason>(Object.entries(LETTERS).map(([reason, letter]) => [letter, reason as HoldReason]));

/** The same holds, and what they held back. */
export function noting(holds: (...drawn: Parameters<Holds>) => HoldReason | null): {
  readonly holds: Holds;
  readonly held: Map<string, HoldReason>;
} {
  const held = new Map<string, HoldReason>();
  return {
    held,
    holds(placement, shown) {
      const reason = holds(placement, shown);
      if (reason !== null) held.set(keyOf(placement, shown), reason);
      return reason;
    },
  };
}

/** Holds back just those. */
export const holdingBack =
  (held: Held): Holds =>
  (placement, shown) =>
    held.get(keyOf(placement, shown)) ?? null;

const keyOf = ({ ordinal }: Placement, shown: readonly Placement[]): string => `${shown.length}-${ordinal}`;

/** Letters, digits, `-` and `~`. */
export const writeHeld = (held: Held): string =>
  held.size === 0 ? "" : [...held].map(([key, reason]) => `${LETTERS[reason]}${key}`).join("~");

export const readHeld = (text: string): Held =>
  new Map(
    text.split("~").flatMap((each) => (each === "" ? [] : [[each.slice(1), REASONS.get(each.slice(0, 1)) ?? "unmatched-viewer"] as const])),
  );
