import { describe, expect, test } from "@jest/globals";
import { pointsUnder } from "../../../lib/deps/viewer-points.ts";

const point = pointsUnder("k1:0123456789abcdef0123456789abcdef");
const VIEWERS = Array.from({ length: 20_000 }, (_, n) => `viewer-${n}`);

describe("where a viewer stands in a season's rings", () => {
  test("is the same each time, whatever the key is called, and elsewhere in another season or under another key", () => {
    const of = (points: typeof point, season = "618-2024") => VIEWERS.slice(0, 20).map((viewer) => points(season, viewer));
    expect(of(pointsUnder("k2:0123456789abcdef0123456789abcdef"))).toEqual(of(point));
    expect(of(point, "618-2025")).not.toEqual(of(point));
    expect(of(pointsUnder("k1:0123456789abcdef0123456789abcdee"))).not.toEqual(of(point));
  });

  test("is spread evenly: each tenth of the points has a tenth of the viewers", () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const viewer of VIEWERS) {
      const found = point("618-2024", viewer);
      expect(Number.isInteger(found) && found >= 0 && found < 10_000).toBe(true);
      const tenth = Math.floor(found / 1_000);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    // Five standard deviations of a binomial with 20,000 tries of one in ten: 212.
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(212);
  });
});
