import type { CorrectionStore } from "../app/ports/corrections.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import { type Correction, UNCORRECTED } from "../domain/correction.ts";
import type { Reads } from "./reads.ts";
import { servingKeys } from "./serving-keys.ts";
import type { Item } from "./table.ts";

/** A correction as it is kept, as JSON: what a brand weighs in thousandths, where that is not 1,000; and what is held. */
export interface KeptCorrection {
  readonly weights: Readonly<Record<string, number>>;
  readonly brands: readonly string[];
  readonly categories: readonly string[];
}

/** Corrections of the fair share, for those who decide: they read it with the switches. */
export const correctionReader = (delivery: Pick<Reads, "get">): CorrectionStore => ({
  async current(surface, known) {
    const item = await delivery.get(servingKeys.correction(surface));
    if (!item) return UNCORRECTED;
    return item["version"] === known.version ? known : correctionIn(item);
  },

  async recall(surface, version) {
    const item = await delivery.get(servingKeys.formerCorrection(surface, version));
    return item && correctionIn(item);
  },
});

/** @throws Unreadable when it is not what we write. */
function correctionIn({ version, until, doc }: Item): Correction {
  try {
    const { weights, brands, categories }: KeptCorrection = JSON.parse(String(doc));
    const weightOf = new Map(Object.entries(weights));
    for (const brand of brands) weightOf.set(brand, 0);
    return {
      version: Number(version),
      until: Number(until),
      share: (brand) => (weightOf.get(brand) ?? 1_000) / 1_000,
      categories: new Set(categories),
    };
  } catch (cause) {
    throw new Unreadable(cause);
  }
}
