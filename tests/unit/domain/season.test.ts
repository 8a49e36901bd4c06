import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { nextTurn, phaseAt, type Season, type SeasonStatus, span, turned } from "../../../lib/domain/season.ts";
import { draft, schedule } from "../../../lib/domain/season-planning.ts";
import { instantsOf } from "../../../lib/domain/timeline.ts";
import { admission, clauses, DAY, HOUR, OPENING, phase, plan, refusalOf, SEASON_END, season, WAVES } from "./fixtures.ts";

test("a timeline becomes a draft of version 1 with nothing on its record", () => {
  expect(draft(plan())).toEqual({ ...plan(), instants: instantsOf(plan()), status: "draft", turns: [], version: 1 });
});

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

describe("publishing", () => {
  const drafted = season({ status: "draft", version: 1 });

  test("a draft is scheduled under its next version", () => {
    expect(schedule(drafted, 1, [])).toEqual({ ...drafted, status: "scheduled", version: 2 });
  });

  test.each([
    ["scheduled", "open, cancel"],
    ["open", "close"],
    ["closed", "archive"],
    ["archived", "nothing"],
    ["cancelled", "nothing"],
  ] as const)("a season that is %s is no draft", (status, possible) => {
    const detail = `It is ${status}; possible from here: ${possible}.`;
    expect(refusalOf(() => schedule({ ...drafted, status }, 1, []))).toEqual({
      code: "season-not-draft",
      reasons: [{ code: "publish-not-possible", field: "", detail }],
    });
  });

  test.each([0, 2])("version %i is not the one in hand", (version) => {
    expect(refusalOf(() => schedule(drafted, version, []))).toEqual({ code: "season-version-outdated", reasons: [] });
  });

  const other = (over: Partial<Season>) => season({ id: "double-11-2024", ...over });
  const elsewhere = [admission({ surface: "another-surface" })];

  test.each([
    ["meets in its last millisecond", other({ phases: [phase("x", SEASON_END - 1, SEASON_END + HOUR)] })],
    ["meets in its first millisecond", other({ phases: [phase("x", OPENING - HOUR, OPENING + 1)] })],
    ["lies inside one of ours", other({ phases: [phase("x", OPENING + 1, OPENING + 2)] })],
  ])("is refused when a published season %s", (_name, published) => {
    const { code, reasons } = refusalOf(() => schedule(drafted, 1, [other({ id: "far", phases: [phase("x", 0, 1)] }), published]));
    expect([code, ...clauses(reasons)]).toEqual(["bad-timeline", "season-overlap /phases"]);
    expect(reasons[0]?.detail).toContain("double-11-2024");
  });

  test("one shared surface among several and one meeting window among several are enough", () => {
    const onBoth = [...elsewhere, ...season().admissions];
    const phases = [phase("x", OPENING + 1, OPENING + 2), phase("far", SEASON_END + DAY, SEASON_END + 2 * DAY)] as const;
    const third = elsewhere.map((admission) => ({ ...admission, surface: "third-surface" }));
    const mine = { ...drafted, admissions: [...third, ...season().admissions] };
    expect(refusalOf(() => schedule(mine, 1, [other({ phases, admissions: onBoth })])).code).toBe("bad-timeline");
  });

  test.each([
    ["touches ours", other({ phases: [phase("x", SEASON_END, SEASON_END + HOUR)] })],
    ["lies in a gap of ours", other({ phases: [phase("x", OPENING + HOUR, OPENING + 2 * HOUR)] })],
    ["is on another surface", other({ admissions: elsewhere })],
    ["is the season itself", season()],
  ])("is allowed when a published season %s", (_name, published) => {
    expect(schedule(drafted, 1, [published]).status).toBe("scheduled");
  });
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
