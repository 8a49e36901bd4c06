import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { nextTurn, phaseAt, type SeasonStatus, span, turned } from "../../../lib/domain/season.ts";
import { DAY, HOUR, OPENING, SEASON_END, season, WAVES } from "./fixtures.ts";

test("a season spans from its first opening to its last closing, gaps included", () => {
  expect(span({ phases: WAVES })).toEqual({ opensAt: OPENING, closesAt: SEASON_END });
  expect(span({ phases: [WAVES[0]] })).toEqual({ opensAt: OPENING, closesAt: OPENING + HOUR });
});

test.each([
  ["one millisecond before the guard band ends", OPENING + 249, undefined],
  ["as the guard band ends", OPENING + 250, "wave-1"],
  ["one millisecond before the second guard band", OPENING + HOUR - 251, "wave-1"],
  ["as the second guard band begins", OPENING + HOUR - 250, undefined],
  ["in the gap", OPENING + 1.5 * HOUR, undefined],
  ["in the second wave", OPENING + 2.5 * HOUR, "wave-2"],
  ["after the end", SEASON_END, undefined],
])("the phase that serves %s", (_name, at, id) => {
  expect(phaseAt(WAVES, at)?.id).toBe(id);
});

describe("the season clock", () => {
  const FINAL = season().instants.reportFinal;

  test.each([
    ["scheduled", OPENING - 1, undefined],
    ["scheduled", OPENING, { to: "open", officialAt: OPENING, actualAt: OPENING }],
    ["scheduled", SEASON_END + DAY, { to: "open", officialAt: OPENING, actualAt: SEASON_END + DAY }],
    ["open", SEASON_END - 1, undefined],
    ["open", SEASON_END, { to: "closed", officialAt: SEASON_END, actualAt: SEASON_END }],
    ["open", OPENING - DAY, undefined],
    ["closed", OPENING, undefined],
    ["closed", FINAL - 1, undefined],
    ["closed", FINAL, { to: "archived", officialAt: FINAL, actualAt: FINAL }],
    ["archived", FINAL, undefined],
    ["cancelled", FINAL, undefined],
    ["draft", OPENING, undefined],
    ["draft", SEASON_END, undefined],
  ] as const)("a season that is %s has at %i the next turn %j", (status, now, turn) => {
    expect(nextTurn(season({ status }), now)).toEqual(turn);
  });

  test("a turn is put on the record under the next version", () => {
    const turn = { to: "open", officialAt: OPENING, actualAt: OPENING + 7 } as const;
    const before = { to: "scheduled", officialAt: 1, actualAt: 1 } as const;
    expect(turned(season({ turns: [before] }), turn)).toEqual(season({ status: "open", turns: [before, turn], version: 3 }));
  });

  test("whatever the nows, the status never goes back, each turn is recorded once and the end catches up", () => {
    const ORDER: readonly SeasonStatus[] = ["draft", "scheduled", "open", "closed", "archived"];
    const nows = fc.array(fc.integer({ min: OPENING - DAY, max: FINAL + DAY }), { maxLength: 30 });
    fc.assert(
      fc.property(nows, (given) => {
        let current = season();
        for (const now of [...given, FINAL]) {
          for (let turn = nextTurn(current, now); turn; turn = nextTurn(current, now)) {
            const after = turned(current, turn);
            expect(ORDER.indexOf(after.status)).toBeGreaterThan(ORDER.indexOf(current.status));
            expect(turn.officialAt).toBeLessThanOrEqual(turn.actualAt);
            current = after;
          }
        }
        expect(current.turns.map(({ to, officialAt }) => [to, officialAt])).toEqual([
          ["open", OPENING],
          ["closed", SEASON_END],
          ["archived", FINAL],
        ]);
      }),
    );
  });
});
