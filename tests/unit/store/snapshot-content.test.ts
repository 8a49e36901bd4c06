import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { decide } from "../../../lib/domain/decision.ts";
import { withholding } from "../../../lib/domain/key-mark.ts";
import { servingIndex } from "../../../lib/domain/serving-index.ts";
import type { ServedBrand, Snapshot } from "../../../lib/domain/snapshot.ts";
import { packSnapshot, unpackSnapshot } from "../../../lib/store/snapshot-content.ts";
import { anyText } from "../domain/any-text.ts";
import { HOUR, OPENING, seeded, servedBrand, servedCampaign, servedCard, servedSeason, servedSnapshot } from "../domain/fixtures.ts";
import { servings } from "../domain/servings.ts";

const AT = OPENING + HOUR / 2;

const random = seeded(618);
const NOISE = Array.from({ length: 60_000 }, () => String.fromCharCode(0x4e00 + Math.floor(random() * 20_000))).join("");

/** A brand whose campaigns take this many characters, more or less, of text that does not compress. */
const brandOf = (name: string, size: number): ServedBrand =>
  servedBrand(name, {
    campaigns: [servedCampaign({ id: `cmp-${name}`, cards: [servedCard({ id: `crd-${name}`, text: { text: NOISE.slice(-size - 1) } })] })],
  });
/** Ten brands of 20,000 characters: two in each block. */
const TEN: Snapshot = servedSnapshot([
  servedSeason(Array.from({ length: 6 }, (_, index) => brandOf(`a${index}`, 20_000))),
  servedSeason(
    Array.from({ length: 4 }, (_, index) => brandOf(`b${index}`, 20_000)),
    { id: "double-11-2024" },
  ),
]);

/** The packed bytes: the head, and the blocks, each compressed by itself. */
function partsOf(bytes: Buffer): Buffer[] {
  const headEnd = 4 + bytes.readUInt32BE(0);
  const rest = bytes.subarray(headEnd);
  const starts = [...rest.keys()].filter((at) => rest.readUIntBE(at, Math.min(3, rest.length - at)) === 0x1f8b08);
  return [bytes.subarray(0, headEnd), ...starts.map((start, index) => rest.subarray(start, starts[index + 1]))];
}

/** The same, with what is after the head made unreadable. */
function withoutBlocks(bytes: Buffer): Buffer {
  const spoilt = Buffer.from(bytes);
  spoilt.fill(0, 4 + bytes.readUInt32BE(0));
  return spoilt;
}

describe("what is packed", () => {
  test("comes back, whatever it is and whatever its texts", () => {
    fc.assert(
      fc.property(servings, anyText(), ({ snapshot }, text) => {
        const [first, ...others] = snapshot.seasons;
        const told = { ...snapshot, label: { zh: text.toWellFormed(), en: text.toWellFormed() } };
        for (const each of [
          snapshot,
          told,
          { ...snapshot, seasons: [] },
          { ...snapshot, seasons: first ? [{ ...first, brands: [] }, ...others] : [] },
        ])
          expect(unpackSnapshot(packSnapshot(each))).toEqual(each);
      }),
      { numRuns: 200 },
    );
  });

  test("comes back from however many blocks, in whatever order brands are asked for", () => {
    const sizes = fc.array(fc.constantFrom(0, 10, 5_000, 20_000, 60_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.nat()), (all, order) => {
        const packed = servedSnapshot([servedSeason(all.map((size, index) => brandOf(`b${index}`, size)))]);
        const unpacked = unpackSnapshot(packSnapshot(packed));
        const [given, got] = [packed, unpacked].map(({ seasons }) => seasons.flatMap(({ brands }) => brands)) as [
          ServedBrand[],
          ServedBrand[],
        ];
        for (const at of [...given.keys()].sort(() => ((order.next().value ?? 0) % 2) - 0.5))
          expect(got[at]?.campaigns).toEqual(given[at]?.campaigns);
        expect(unpacked).toEqual(packed);
      }),
      { numRuns: 30 },
    );
  });

  test("is the same bytes each time, also when it is packed again from what was unpacked", () => {
    const bytes = packSnapshot(TEN);
    expect(packSnapshot(structuredClone(TEN))).toEqual(bytes);
    expect(packSnapshot(unpackSnapshot(bytes))).toEqual(bytes);
    expect(JSON.stringify(unpackSnapshot(bytes))).toBe(JSON.stringify({ ...TEN, seasons: unpackSnapshot(bytes).seasons }));
  });

  test("has brands in blocks of a bounded size, so that one brand's are opened soon", () => {
    const bytes = packSnapshot(TEN);
    expect(partsOf(bytes)).toHaveLength(1 + 5);
    const many = servedSnapshot([servedSeason(Array.from({ length: 2_000 }, (_, index) => servedBrand(`b${index}`)))]);
    const blocks = partsOf(packSnapshot(many)).length - 1;
    const whole = JSON.stringify(many.seasons[0]?.brands.map(({ campaigns }) => campaigns)).length;
    expect(blocks).toBeGreaterThanOrEqual(Math.floor(whole / (48 * 1024)));
    expect(blocks).toBeLessThan(2 * (1 + whole / (48 * 1024)));
  });
});

describe("a brand's campaigns are only unpacked when they are asked for:", () => {
  const bytes = packSnapshot(TEN);

  test("all that permission is decided from is read without them, and every brand's way to them stays closed", () => {
    const { seasons, ...rest } = unpackSnapshot(withoutBlocks(bytes));
    const { seasons: given, ...expected } = TEN;
    expect(rest).toEqual(expected);
    const keysOf = ({ brand, grants, attestation, tiers }: ServedBrand) => ({ brand, grants, attestation, tiers });
    expect(seasons.map(({ brands }) => brands.map(keysOf))).toEqual(given.map(({ brands }) => brands.map(keysOf)));
    for (const brand of seasons.flatMap(({ brands }) => brands)) expect(() => brand.campaigns).toThrow();
  });

  test("to say who is live, and to hold a key back, opens none but those of the brand that is held back", () => {
    const unpacked = unpackSnapshot(withoutBlocks(bytes));
    expect(servingIndex({ snapshot: unpacked, switches: [] })(AT).tiers[0]?.brands).toHaveLength(10);
    expect(withholding(unpacked, [])).toBe(unpacked);
    // Its block is the first; the last one is no longer there.
    const [, first = Buffer.alloc(0)] = partsOf(bytes);
    const firstAlone = Buffer.concat([bytes.subarray(0, 4 + bytes.readUInt32BE(0)), first, Buffer.alloc(bytes.length)]);
    const held = withholding(unpackSnapshot(firstAlone), [1]);
    expect(held.seasons[0]?.brands[0]).toEqual({
      ...TEN.seasons[0]?.brands[0],
      grants: [{ ...TEN.seasons[0]?.brands[0]?.grants[0], withheld: true }],
    });
    expect(() => held.seasons[1]?.brands[3]?.campaigns).toThrow();
  });

  test("a brand that is drawn opens its own block and no other", () => {
    const whole = unpackSnapshot(bytes);
    for (const [index, name] of ["a0", "a3", "b3"].entries()) {
      const parts = partsOf(bytes);
      const block = Math.floor([0, 3, 9][index] as number) >> 1;
      const spoilt = Buffer.concat(parts.map((part, at) => (at === 0 || at === block + 1 ? part : Buffer.alloc(part.length))));
      const live = servingIndex({ snapshot: unpackSnapshot(spoilt), switches: [] }, (brand) => (brand === name ? 1 : 0))(AT);
      const [answer] = decide(live, { slots: 1, at: AT, apps: [], point: 0 }, seeded(1));
      const found = whole.seasons.flatMap(({ brands }) => brands).find(({ brand }) => brand === name);
      expect(answer).toMatchObject({ placement: { brand: name, card: found?.campaigns[0]?.cards[0] } });
    }
  });

  test("once, however often", () => {
    const [brand] = unpackSnapshot(bytes).seasons[0]?.brands ?? [];
    expect(brand?.campaigns).toBe(brand?.campaigns);
  });
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from(JSON.stringify({ surface: "wechat-moments", seasons: [] }))],
  ["a part of it", packSnapshot(TEN).subarray(0, 40)],
  ["zeros", Buffer.alloc(1_000)],
])("bytes that are %s are no snapshot", (_name, bytes) => {
  expect(() => unpackSnapshot(bytes)).toThrow();
});
