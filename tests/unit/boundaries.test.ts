import { expect, test } from "@jest/globals";
import { BOUNDARIES } from "../support/boundaries/expected.ts";
import { checkedIn, ZONES } from "../support/boundaries/zones.ts";

/** `npm run test:boundaries` takes every millisecond. */
const STEP_MS = 100;

test.each(ZONES)(
  "at every boundary of seven years, cards are shown in their windows and nowhere else, in a process of %s with its clock off either way",
  async (zone) => {
    const { boundaries, violations, told, inside, answers } = await checkedIn(zone, STEP_MS);
    expect({ boundaries, violations, told }).toEqual({ boundaries: BOUNDARIES.length, violations: 0, told: [] });
    // Half of each neighbourhood is inside, but for the guard bands; a window that opens where another closes is all inside.
    expect(inside / answers).toBeGreaterThan(0.4);
    expect(BOUNDARIES.length).toBe(7 * 2 * 3 * 2);
  },
  60_000,
);
