import { describe, expect, test } from "@jest/globals";
import { type Correction, inForce, UNCORRECTED, withCeilings } from "../../../lib/domain/correction.ts";
import { decide } from "../../../lib/domain/decision.ts";
import { drawnFrom } from "../../../lib/domain/random.ts";
import { servingIndex } from "../../../lib/domain/serving-index.ts";
import { HOUR, OPENING, servedBrand, servedCampaign, servedCard, servedSeason, servedSnapshot } from "./fixtures.ts";

const AT = OPENING + HOUR / 2;
const correction = (over: Partial<Correction>): Correction => ({ ...UNCORRECTED, version: 1, ...over });
const inCategory = (name: string, category: string) =>
  servedBrand(name, {
    campaigns: [servedCampaign({ id: `cmp_${name}`, category, cards: [servedCard({ id: name, campaign: `cmp_${name}` })] })],
  });
const snapshot = servedSnapshot([servedSeason([inCategory("a", "shoes"), inCategory("b", "phones")])]);

/** The brands of a thousand answers. */
function shown(by: Correction, at = AT) {
  const live = servingIndex({ snapshot, switches: [] })(at, by.share);
  return Array.from({ length: 1_000 }, (_, n) => {
    const [answer] = decide(live, { slots: 1, at, apps: [], point: 0, holds: withCeilings(by, () => null) }, drawnFrom([n, 618]));
    return answer && "placement" in answer ? answer.placement.brand : (answer?.noAd ?? "");
  });
}

describe("a correction", () => {
  test("weighs the draws, also those of an index that has drawn by another", () => {
    const liveBy = servingIndex({ snapshot, switches: [] });
    const even = liveBy(AT);
    const mostly = liveBy(AT, (brand) => (brand === "a" ? 3 : 1));
    expect(even.tiers[0]?.weights).toEqual([1, 1]);
    expect(mostly.tiers[0]?.weights).toEqual([3, 1]);
    expect(mostly.tiers[0]?.brands).toBe(even.tiers[0]?.brands);
    expect(liveBy(AT).tiers[0]?.weights).toEqual([1, 1]);
    const many = shown(correction({ share: (brand) => (brand === "a" ? 3 : 1) })).filter((brand) => brand === "a");
    expect(many.length / 1_000).toBeCloseTo(0.75, 1);
  });

  test("holds a category at its ceiling, whoever sells it, and nothing else", () => {
    expect(new Set(shown(correction({ categories: new Set(["shoes"]) })))).toEqual(new Set(["b"]));
    expect(new Set(shown(correction({ categories: new Set(["shoes", "phones"]) })))).toEqual(new Set(["fair-share-hold"]));
  });

  test("holds a brand that weighs nothing, also where an empty slot is all that is left", () => {
    expect(new Set(shown(correction({ share: () => 0 })))).toEqual(new Set(["fair-share-hold"]));
  });

  test("says nothing from the end of its day on", () => {
    const held = correction({ share: () => 0, categories: new Set(["shoes"]), until: AT + 1 });
    expect(inForce(held, AT)).toBe(held);
    expect(inForce(held, AT + 1)).toBe(UNCORRECTED);
    expect(new Set(shown(inForce(held, AT + 1)))).toEqual(new Set(["a", "b"]));
  });
});
