import { describe, expect, test } from "@jest/globals";
import { MOST_FORMER, nextTurn, phaseAt, type Season } from "../../../lib/domain/season.ts";
import { cancel, closeEarly } from "../../../lib/domain/season-ending.ts";
import { extend, propose, publish } from "../../../lib/domain/season-planning.ts";
import { clauses, DAY, HOUR, OPENING, plan, refusalOf, SEASON_END, season, WAVES } from "./fixtures.ts";

const AT = OPENING + HOUR / 2;
const act = (at = AT, version = 2, by = "olga") => ({ by, at, version, reason: "A fault in the links." });
const refused = (rule: () => unknown) => {
  const { code, reasons } = refusalOf(rule);
  return [code, ...clauses(reasons)];
};
const open = season({ status: "open" });

describe("an early close", () => {
  test("ends the phase that is open, drops the later ones, and remembers what there was", () => {
    const after = closeEarly(open, AT, act());
    expect(after.phases).toEqual([{ ...WAVES[0], closesAt: AT }]);
    expect(after).toMatchObject({ status: "open", version: 3 });
    expect(after.dossier.former).toEqual([
      {
        change: "closure",
        phases: WAVES.map(({ id, opensAt, closesAt }) => ({ id, opensAt, closesAt })),
        until: AT,
        by: "olga",
        reason: "A fault in the links.",
      },
    ]);
  });

  test("shuts everything from then on", () => {
    const after = closeEarly(open, AT, act());
    for (let at = AT - 250; at < SEASON_END + DAY; at += 7_000) expect(phaseAt(after.phases, at)).toBeUndefined();
    expect(phaseAt(after.phases, AT - 251)?.id).toBe("wave-1");
    expect(nextTurn(after, AT)).toEqual({ to: "closed", officialAt: AT, actualAt: AT });
  });

  test("moves what is counted from the closing, and keeps the final phase inside", () => {
    const { instants } = open;
    const earlier = SEASON_END - AT;
    expect(closeEarly(open, AT, act()).instants).toEqual({
      ...instants,
      finalPhase: OPENING,
      closes: AT,
      clickGraceEnds: instants.clickGraceEnds - earlier,
      reportFinal: instants.reportFinal - earlier,
    });
    expect(closeEarly(open, SEASON_END - 1, act()).instants.finalPhase).toBe(instants.finalPhase);
  });

  test("in a gap drops what comes after it, and moves no window that has closed", () => {
    const gap = OPENING + 1.5 * HOUR;
    expect(closeEarly(open, gap, act(gap)).phases).toEqual([WAVES[0]]);
  });

  test("can be for later", () => {
    const closesAt = OPENING + 2.5 * HOUR;
    expect(closeEarly(open, closesAt, act()).phases).toEqual([WAVES[0], { ...WAVES[1], closesAt }]);
    expect(closeEarly(open, OPENING + 2 * HOUR, act()).phases).toEqual([WAVES[0]]);
  });

  test("works from the first millisecond, also when the clock has not recorded the opening", () => {
    expect(closeEarly(season(), OPENING, act(OPENING)).phases).toEqual([{ ...WAVES[0], closesAt: OPENING }]);
    expect(refused(() => closeEarly(season(), OPENING - 1, act(OPENING - 1)))).toEqual(["wrong-state", "season-not-begun "]);
  });

  test("is early, not in the past, of the version in hand, of a season that is not over", () => {
    expect(refused(() => closeEarly(open, SEASON_END, act()))).toEqual(["bad-timeline", "closing-not-earlier /closesAt"]);
    expect(refused(() => closeEarly(open, AT - 1, act()))).toEqual(["bad-timeline", "closing-past /closesAt"]);
    expect(refused(() => closeEarly(open, AT, act(AT, 1)))).toEqual(["season-version-outdated"]);
    expect(refused(() => closeEarly(open, SEASON_END, act(SEASON_END)))).toEqual(["wrong-state", "season-over "]);
    for (const status of ["draft", "closed", "archived", "cancelled"] as const)
      expect(refused(() => closeEarly(season({ status }), AT, act()))).toEqual(["wrong-state", "close-early-not-possible "]);
  });

  test("drops what was proposed, which was for another timeline", () => {
    const proposed = extend(open, { phase: "wave-1", closesAt: OPENING + 1.5 * HOUR }, act());
    expect(closeEarly(proposed, AT, act(AT, 3)).dossier.proposal).toBeNull();
  });

  test("that is for later can be taken back by an extension while the phase is open", () => {
    const closing = closeEarly(open, OPENING + HOUR - 1, act());
    const proposed = extend(closing, { phase: "wave-1", closesAt: OPENING + HOUR }, act(AT, 3));
    expect(publish(proposed, act(AT, 4, "pete"), []).phases).toEqual([WAVES[0]]);
  });

  test("is remembered with the latest changes, so that a season does not grow without end", () => {
    let closing: Season = open;
    for (let n = 1; n <= MOST_FORMER + 3; n++) closing = closeEarly(closing, SEASON_END - n, act(AT, closing.version));
    expect(closing.dossier.former).toHaveLength(MOST_FORMER);
    expect(closing.dossier.former.at(-1)?.phases.at(-1)?.closesAt).toBe(SEASON_END - MOST_FORMER - 2);
  });
});

describe("a cancellation", () => {
  test.each(["draft", "scheduled"] as const)("ends a season that is %s for good", (status) => {
    expect(cancel(season({ status }), act(OPENING - 1))).toEqual(
      season({ status: "cancelled", version: 3, dossier: season({ status }).dossier }),
    );
  });

  test("drops what was proposed", () => {
    const proposed = propose(season(), plan(), act(OPENING - DAY));
    expect(cancel(proposed, act(OPENING - DAY, 3)).dossier.proposal).toBeNull();
  });

  test("is too late from the opening on, whether or not the clock has recorded it; a draft never opened", () => {
    expect(refused(() => cancel(season(), act(OPENING)))).toEqual(["wrong-state", "season-begun "]);
    for (const status of ["open", "closed", "archived", "cancelled"] as const)
      expect(refused(() => cancel(season({ status }), act(OPENING - 1)))).toEqual(["wrong-state", "cancel-not-possible "]);
    expect(cancel(season({ status: "draft" }), act(SEASON_END)).status).toBe("cancelled");
  });

  test("is of the version in hand", () => {
    expect(refused(() => cancel(season(), act(OPENING - 1, 3)))).toEqual(["season-version-outdated"]);
  });
});
