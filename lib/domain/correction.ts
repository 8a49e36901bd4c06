import type { Holds } from "./decision.ts";
import { EVEN, type Shares } from "./serving-index.ts";
import type { Instant } from "./window.ts";

/** What those who decide know of a minute's fair share (`fair-share.ts`): how brands share the draws, and what is not shown until `until`. */
export interface Correction {
  /** 0 for none. */
  readonly version: number;
  /** The end of its day: what it says of ceilings is then over. */
  readonly until: Instant;
  /** The same function for as long as the correction is the same; 0 for a brand that is held. */
  readonly share: Shares;
  /** Categories that have reached their ceilings. */
  readonly categories: ReadonlySet<string>;
}

/** Where nothing has been corrected, or nothing is known of it, brands share evenly: never no ad. */
export const UNCORRECTED: Correction = { version: 0, until: Number.POSITIVE_INFINITY, share: EVEN, categories: new Set() };

/** The correction for as long as its day lasts, however long nobody has made another. */
export const inForce = (correction: Correction, at: Instant): Correction => (at < correction.until ? correction : UNCORRECTED);

/** The same holds, and all of those categories. */
export const withCeilings = ({ categories }: Correction, holds: Holds): Holds =>
  categories.size === 0 ? holds : (placement, shown) => (categories.has(placement.category) ? "fair-share-hold" : holds(placement, shown));
