import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { contains, GUARD_BAND_MS, overlap } from "../../../lib/domain/window.ts";

const WINDOW = { opensAt: 1_000, closesAt: 5_000 };
const windows = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 10 })).map(([opensAt, length]) => ({
  opensAt,
  closesAt: opensAt + length,
}));

test.each([
  [999, false],
  [1_000, true],
  [1_001, true],
  [4_999, true],
  [5_000, false],
  [5_001, false],
])("a window is half-open: at %i it is inside: %s", (at, inside) => {
  expect(contains(WINDOW, at)).toBe(inside);
});

test.each([
  [1_249, false],
  [1_250, true],
  [1_251, true],
  [4_749, true],
  [4_750, false],
  [4_751, false],
])("the guard band shrinks it at both ends: at %i it is inside: %s", (at, inside) => {
  expect(contains(WINDOW, at, 250)).toBe(inside);
});

test("the guard band is a quarter of a second", () => {
  expect(GUARD_BAND_MS).toBe(250);
});

test("a window no longer than its two guard bands contains nothing", () => {
  fc.assert(fc.property(fc.integer({ min: -10, max: 520 }), (at) => !contains({ opensAt: 0, closesAt: 500 }, at, 250)));
});

describe("two windows", () => {
  test.each([
    ["that touch share no instant", [0, 10], [10, 20], false],
    ["that share the last millisecond do overlap", [0, 11], [10, 20], true],
    ["apart do not", [0, 5], [10, 20], false],
    ["one inside the other do", [0, 30], [10, 20], true],
    ["that are the same do", [10, 20], [10, 20], true],
  ] as const)("%s", (_name, [opensAt, closesAt], [otherOpensAt, otherClosesAt], expected) => {
    const [one, other] = [
      { opensAt, closesAt },
      { opensAt: otherOpensAt, closesAt: otherClosesAt },
    ];
    expect([overlap(one, other), overlap(other, one)]).toEqual([expected, expected]);
  });

  test("overlap exactly when some instant is inside both", () => {
    const instants = Array.from({ length: 32 }, (_, at) => at);
    fc.assert(
      fc.property(
        windows,
        windows,
        (one, other) => overlap(one, other) === instants.some((at) => contains(one, at) && contains(other, at)),
      ),
    );
  });
});
