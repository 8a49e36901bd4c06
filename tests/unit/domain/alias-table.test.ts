import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { aliasTable, draw } from "../../../lib/domain/alias-table.ts";
import { drawnFrom } from "../../../lib/domain/random.ts";

const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 1000 })), {
  minLength: 1,
  maxLength: 300,
});

test("nothing is drawn where nothing weighs anything", () => {
  expect(aliasTable([])).toBeUndefined();
  expect(aliasTable([0, 0])).toBeUndefined();
});

test("each is drawn over just as much of [0, 1) as its weight is of all", () => {
  fc.assert(
    fc.property(weights, (each) => {
      const sum = each.reduce((total, weight) => total + weight, 0);
      const table = aliasTable(each);
      if (!table) return sum === 0;
      // Within a column the answer changes once: whole shares are had from the columns' ends and from where each changes.
      const columns = each.filter((weight) => weight > 0).length;
      const shares = new Array<number>(each.length).fill(0);
      for (let column = 0; column < columns; column++) {
        const inside = (part: number) => draw(table, () => (column + part) / columns);
        const [first, last] = [inside(1e-12), inside(1 - 1e-9)];
        let [low, high] = [0, 1];
        for (let step = 0; first !== last && step < 50; step++) {
          const middle = (low + high) / 2;
          if (inside(middle) === first) low = middle;
          else high = middle;
        }
        shares[first] = (shares[first] ?? 0) + (first === last ? 1 : low) / columns;
        if (first !== last) shares[last] = (shares[last] ?? 0) + (1 - low) / columns;
      }
      each.forEach((weight, index) => {
        expect(Math.abs((shares[index] ?? 0) - weight / sum)).toBeLessThan(1e-6);
      });
      return true;
    }),
    { numRuns: 200 },
  );
});

test("what weighs nothing is never drawn", () => {
  const table = aliasTable([0, 3, 0, 1e-12, 5, 0]);
  const random = drawnFrom([7, 11]);
  const found = new Set(Array.from({ length: 20_000 }, () => table && draw(table, random)));
  expect([...found].sort()).toEqual([1, 4]);
});
