import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { isTooNear, NEW_SESSION, SESSION, type Seen, sessionAfter } from "../../../lib/domain/separation.ts";

const seen: fc.Arbitrary<Seen> = fc.record({
  // One is part of the other, so that only whole names may be found.
  brand: fc.constantFrom("brd_1", "brd_11", "brd_2", "d_1"),
  category: fc.constantFrom("food", "food-2", "od", "toys"),
});
const session = (all: readonly Seen[]) => sessionAfter(NEW_SESSION, all, 20);

describe("a session", () => {
  test("says what was shown, the latest first, and no more of it than is asked for", () => {
    const all = [
      { brand: "brd_1", category: "food" },
      { brand: "brd_2", category: "toys" },
    ];
    expect(session(all)).toBe("s1.brd_2~toys.brd_1~food");
    expect(sessionAfter(session(all), [{ brand: "brd_11", category: "od" }], 2)).toBe("s1.brd_11~od.brd_2~toys");
    expect(sessionAfter(session(all), all, 0)).toBe(NEW_SESSION);
  });

  test("is always one that is taken again", () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 30 }), fc.nat(20), (all, longest) => {
        const text = sessionAfter(NEW_SESSION, all, longest);
        expect(text).toMatch(SESSION);
        expect(text.split(".").length - 1).toBe(Math.min(all.length, longest));
      }),
    );
  });
});

test("a card is too near when its brand, or its category, is among so many of the last", () => {
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 20 }), seen, fc.nat(6), fc.nat(6), (all, card, brand, category) => {
      const latest = all.toReversed();
      const expected =
        latest.slice(0, brand).some((each) => each.brand === card.brand) ||
        latest.slice(0, category).some((each) => each.category === card.category);
      expect(isTooNear(card, session(all), { brand, category })).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
