import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { ChosenInstants, Phase } from "../../../lib/domain/season.ts";
import { draft } from "../../../lib/domain/season-planning.ts";
import { instantsOf, timelineFaults } from "../../../lib/domain/timeline.ts";
import { clauses, DAY, HOUR, OPENING, phase, plan, refusalOf, SEASON_END, WAVES } from "./fixtures.ts";

const faultsOf = (...change: Parameters<typeof plan>) => clauses(timelineFaults(plan(...change)));
const GAP = { afterGap: true };

test("what is no timeline is not drafted, and told why", () => {
  const { code, reasons } = refusalOf(() => draft(plan({ phases: [WAVES[1], WAVES[0]] }), "olga"));
  expect([code, ...clauses(reasons)]).toEqual(["bad-timeline", "gap-absent /phases/0/afterGap", "window-overlap /phases/1/opensAt"]);
});

describe("phases", () => {
  test("may touch", () => {
    expect(faultsOf({ phases: [phase("a", OPENING, OPENING + HOUR), phase("b", OPENING + HOUR, SEASON_END)] })).toEqual([]);
  });

  test.each([
    ["longer than its guard bands by 1 ms is a window", 501, []],
    ["as long as its guard bands is none", 500, ["window-empty /phases/0/closesAt"]],
    ["that closes as it opens is none", 0, ["window-empty /phases/0/closesAt"]],
    ["that closes before it opens is none", -1, ["window-empty /phases/0/closesAt"]],
  ])("one %s", (_name, length, expected) => {
    expect(faultsOf({ phases: [phase("only", OPENING, OPENING + length)] })).toEqual(expected);
  });

  test("cannot open one millisecond before the one ahead has closed", () => {
    expect(faultsOf({ phases: [phase("a", OPENING, OPENING + HOUR), phase("b", OPENING + HOUR - 1, SEASON_END)] })).toEqual([
      "window-overlap /phases/1/opensAt",
    ]);
  });

  test("have an id of their own", () => {
    expect(faultsOf({ phases: [WAVES[0], { ...WAVES[1], id: "wave-1" }] })).toEqual(["phase-repeated /phases/1/id"]);
  });

  test.each([
    ["not declared, of one millisecond", phase("b", OPENING + HOUR + 1, SEASON_END), ["gap-undeclared /phases/1/opensAt"]],
    ["declared, of one millisecond", phase("b", OPENING + HOUR + 1, SEASON_END, GAP), []],
    ["declared, and not there", phase("b", OPENING + HOUR, SEASON_END, GAP), ["gap-absent /phases/1/afterGap"]],
    ["declared not to be, and not there", phase("b", OPENING + HOUR, SEASON_END, { afterGap: false }), []],
  ])("may have a gap between them where one is declared: %s", (_name, second, expected) => {
    expect(faultsOf({ phases: [phase("a", OPENING, OPENING + HOUR), second] })).toEqual(expected);
  });

  test("have nothing ahead of the first that could be a gap", () => {
    expect(faultsOf({ phases: [phase("a", OPENING, SEASON_END, GAP)] })).toEqual(["gap-absent /phases/0/afterGap"]);
  });

  test("never are two open at once in what has no fault", () => {
    const instant = fc.integer({ min: 0, max: 4_000 });
    const phases = fc.array(fc.tuple(instant, instant, fc.boolean()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(phases, fc.array(instant, { minLength: 20, maxLength: 20 }), (found, instants) => {
        const named = found.map(([from, until, afterGap], index) => phase(`p${index}`, OPENING + from, OPENING + until, { afterGap }));
        if (timelineFaults(plan({ phases: named as [Phase, ...Phase[]], instants: {} })).length > 0) return true;
        expect(named).toEqual([...named].sort((one, other) => one.opensAt - other.opensAt));
        return instants.every(
          (at) => named.filter(({ opensAt, closesAt }) => opensAt <= OPENING + at && OPENING + at < closesAt).length <= 1,
        );
      }),
    );
  });
});

describe("the named instants", () => {
  test("follow from the phases, from the opening backwards and from the closing on", () => {
    expect(instantsOf(plan({ instants: undefined }))).toEqual({
      applicationsClose: OPENING - 2 * HOUR - DAY,
      whitelistFreeze: OPENING - 2 * HOUR,
      opens: OPENING,
      finalPhase: OPENING + 2 * HOUR,
      closes: SEASON_END,
      clickGraceEnds: SEASON_END + 7 * DAY,
      reportFinal: SEASON_END + 8 * DAY,
    });
  });

  test("follow from one that is chosen, and let it stand", () => {
    expect(instantsOf(plan({ instants: { whitelistFreeze: OPENING - DAY } })).applicationsClose).toBe(OPENING - 2 * DAY);
    expect(instantsOf(plan({ instants: { clickGraceEnds: SEASON_END } })).reportFinal).toBe(SEASON_END + DAY);
    const chosen = { applicationsClose: 1, whitelistFreeze: 2, finalPhase: 3, clickGraceEnds: 4, reportFinal: 5 };
    expect(instantsOf(plan({ instants: chosen }))).toEqual({ ...chosen, opens: OPENING, closes: SEASON_END });
  });

  test.each<[string, ChosenInstants, string[]]>([
    ["applications as the freeze begins", { applicationsClose: OPENING - 2 * HOUR }, []],
    ["applications after the freeze", { applicationsClose: OPENING - 2 * HOUR + 1 }, ["applicationsClose"]],
    ["the freeze as it opens", { whitelistFreeze: OPENING }, []],
    ["the freeze after the opening", { whitelistFreeze: OPENING + 1 }, ["whitelistFreeze"]],
    ["the freeze before applications close", { applicationsClose: OPENING - DAY, whitelistFreeze: OPENING - DAY - 1 }, ["whitelistFreeze"]],
    ["the final phase from the opening", { finalPhase: OPENING }, []],
    ["the final phase before the opening", { finalPhase: OPENING - 1 }, ["finalPhase"]],
    ["the final phase to the last millisecond", { finalPhase: SEASON_END - 1 }, []],
    ["the final phase as it closes", { finalPhase: SEASON_END }, ["finalPhase"]],
    ["no grace", { clickGraceEnds: SEASON_END }, []],
    ["the grace before the closing", { clickGraceEnds: SEASON_END - 1 }, ["clickGraceEnds"]],
    ["the report with the grace", { clickGraceEnds: SEASON_END + DAY, reportFinal: SEASON_END + DAY }, []],
    ["the report before the grace ends", { clickGraceEnds: SEASON_END + DAY, reportFinal: SEASON_END + DAY - 1 }, ["reportFinal"]],
  ])("come in order: %s", (_name, instants, expected) => {
    expect(faultsOf({ instants })).toEqual(expected.map((name) => `instant-out-of-order /instants/${name}`));
  });

  test.each([
    ["at the end of 1999", { applicationsClose: Date.UTC(1999, 11, 31, 23, 59, 59, 999) }],
    ["after 400 days", { reportFinal: OPENING - DAY + 400 * DAY + 1, applicationsClose: OPENING - DAY }],
  ])("are of a season one can mean, which is not %s", (_name, instants) => {
    expect(faultsOf({ instants })).toEqual(["span-not-sane /phases"]);
  });

  test("are of this century", () => {
    const [from, until] = [Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1)];
    const alone = (opensAt: number, closesAt: number, instants: ChosenInstants) =>
      faultsOf({ phases: [phase("only", opensAt, closesAt)], propagationMs: 0, reworkMs: 0, instants });
    expect(alone(from, from + HOUR, {})).toEqual([]);
    expect(alone(from - 1, from + HOUR, {})).toEqual(["span-not-sane /phases"]);
    const last = { clickGraceEnds: until, reportFinal: until };
    expect(alone(until - HOUR, until, last)).toEqual([]);
    expect(alone(until - HOUR, until, { ...last, reportFinal: until + 1 })).toEqual(["span-not-sane /phases"]);
  });
});

test("every fault is told at once", () => {
  const phases = [phase("a", OPENING, OPENING), phase("a", OPENING - 1, OPENING + HOUR)] as const;
  expect(faultsOf({ phases, instants: { applicationsClose: OPENING + DAY, clickGraceEnds: 0 } })).toEqual([
    "window-empty /phases/0/closesAt",
    "window-overlap /phases/1/opensAt",
    "phase-repeated /phases/1/id",
    "instant-out-of-order /instants/applicationsClose",
    "instant-out-of-order /instants/clickGraceEnds",
  ]);
});
