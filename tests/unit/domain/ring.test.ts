import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { EVERYBODY, haltBy, inRing, type Ring, type RingTurn, resumed, ringFaults, ringTurned, shareOf } from "../../../lib/domain/ring.ts";
import { clauses, DAY, HOUR, OPENING, refusalOf } from "./fixtures.ts";

const UNLIMITED = { complaints: null, failingLinks: null, latencyMs: null };
const ring = (over: Partial<Ring> = {}): Ring => ({
  brand: null,
  steps: [
    { from: OPENING, share: 100 },
    { from: OPENING + HOUR, share: 2_000 },
    { from: OPENING + DAY, share: EVERYBODY },
  ],
  limits: UNLIMITED,
  ...over,
});
const turn = (state: RingTurn["state"], brand: string | null = null, at = OPENING): RingTurn => ({ brand, state, at, why: "why" });
const share = (rings: readonly Ring[], at: number, ringTurns: readonly RingTurn[] = []) => shareOf({ rings, ringTurns }, "brd_1", at);

describe("the share of viewers", () => {
  test.each([
    ["nobody before the first step", OPENING - 1, 0],
    ["the first step's as it begins", OPENING, 100],
    ["the first step's to its last millisecond", OPENING + HOUR - 1, 100],
    ["the second's", OPENING + HOUR, 2_000],
    ["everybody, for good", OPENING + 400 * DAY, EVERYBODY],
  ])("is %s", (_name, at, expected) => {
    expect(share([ring()], at)).toBe(expected);
  });

  test("is everybody where there is no ring", () => {
    expect(share([], OPENING)).toBe(EVERYBODY);
    expect(share([ring({ brand: "brd_2" })], OPENING - 1)).toBe(EVERYBODY);
  });

  test("is the smaller of the season's and the brand's own", () => {
    const own = ring({ brand: "brd_1", steps: [{ from: OPENING, share: 500 }] });
    expect([OPENING, OPENING + HOUR].map((at) => share([ring(), own], at))).toEqual([100, 500]);
    expect(shareOf({ rings: [ring(), own], ringTurns: [] }, "brd_2", OPENING + HOUR)).toBe(2_000);
  });

  test("is nobody while the ring is halted, the season's for every brand, a brand's for it alone", () => {
    const rings = [ring(), ring({ brand: "brd_1" })];
    expect(share(rings, OPENING + HOUR, [turn("halted")])).toBe(0);
    expect(share(rings, OPENING + HOUR, [turn("halted", "brd_1")])).toBe(0);
    expect(share(rings, OPENING + HOUR, [turn("halted", "brd_2")])).toBe(2_000);
    expect(share(rings, OPENING + HOUR, [turn("running"), turn("running", "brd_1")])).toBe(2_000);
    expect(share([], OPENING + HOUR, [turn("halted")])).toBe(0);
  });
});

test("a ring holds the points below its share, so that none of its viewers falls out as it widens", () => {
  expect([inRing(0, 0), inRing(1, 0), inRing(1, 1), inRing(EVERYBODY, EVERYBODY - 1)]).toEqual([false, true, false, true]);
  const basis = fc.integer({ min: 0, max: EVERYBODY });
  fc.assert(
    fc.property(basis, basis, basis, (one, other, point) => !inRing(Math.min(one, other), point) || inRing(Math.max(one, other), point)),
  );
});

describe("a ring is halted", () => {
  const AT = OPENING + HOUR;
  const limits = { complaints: 5, failingLinks: 100, latencyMs: 200 };
  const rings = [ring({ limits }), ring({ brand: "brd_1", limits: { ...UNLIMITED, complaints: 0 } })];
  const signal = (over: object = {}) => ({ brand: null, from: OPENING, until: AT, ...UNLIMITED, ...over });
  const halt = (over: object, ringTurns: readonly RingTurn[] = []) => haltBy({ rings, ringTurns }, signal(over), AT);

  test.each([
    [{ complaints: 5 }, undefined],
    [{ complaints: 5.1 }, "complaints 5.1 is above 5"],
    [{ failingLinks: 101 }, "failingLinks 101 is above 100"],
    [{ latencyMs: 201, complaints: 9 }, "complaints 9 is above 5, latencyMs 201 is above 200"],
    [{}, undefined],
    [{ complaints: 0.1, brand: "brd_1" }, "complaints 0.1 is above 0"],
    [{ latencyMs: 9_999, brand: "brd_1" }, undefined],
    [{ complaints: 9, brand: "brd_2" }, undefined],
  ])("by %j: %s", (over, why) => {
    expect(halt(over)).toEqual(why && { brand: "brand" in over ? over.brand : null, state: "halted", at: AT, why });
  });

  test("once, and after it was resumed only by what was measured from then on", () => {
    const bad = { complaints: 9 };
    expect(halt(bad, [turn("halted")])).toBeUndefined();
    expect(halt(bad, [turn("running", null, OPENING)])?.state).toBe("halted");
    expect(halt(bad, [turn("running", null, OPENING + 1)])).toBeUndefined();
    expect(halt(bad, [turn("halted", "brd_1")])?.state).toBe("halted");
  });

  test("and resumed by somebody, with their reason, when it is halted", () => {
    expect(resumed({ ringTurns: [turn("halted", "brd_1")] }, "brd_1", AT, "Mended.")).toEqual({
      brand: "brd_1",
      state: "running",
      at: AT,
      why: "Mended.",
    });
    for (const ringTurns of [[], [turn("running")], [turn("halted", "brd_1")]])
      expect(refusalOf(() => resumed({ ringTurns }, null, AT, "Mended.")).code).toBe("wrong-state");
  });

  test("and what became of it is kept once", () => {
    const turns = ringTurned([turn("halted"), turn("halted", "brd_1")], turn("running"));
    expect(turns).toEqual([turn("halted", "brd_1"), turn("running")]);
  });
});

test("each ring is there once, with its steps in order", () => {
  const steps = [
    { from: OPENING, share: 1 },
    { from: OPENING, share: 2 },
  ];
  expect(ringFaults([ring(), ring({ brand: "brd_1" })])).toEqual([]);
  expect(clauses(ringFaults([ring(), ring({ brand: "brd_1", steps }), ring(), ring({ brand: "brd_1" })]))).toEqual([
    "steps-out-of-order /rings/1/steps/1/from",
    "ring-repeated /rings/2/brand",
    "ring-repeated /rings/3/brand",
  ]);
});
