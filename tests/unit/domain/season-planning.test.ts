import { describe, expect, test } from "@jest/globals";
import type { Phase, Season, SeasonPlan } from "../../../lib/domain/season.ts";
import { draft, edit, extend, propose, publish, withdrawProposal } from "../../../lib/domain/season-planning.ts";
import { instantsOf } from "../../../lib/domain/timeline.ts";
import { admission, clauses, DAY, HOUR, NAMES, OPENING, phase, plan, refusalOf, SEASON_END, season, WAVES } from "./fixtures.ts";

const FREEZE = OPENING - 2 * HOUR;
const EARLY = OPENING - 2 * DAY;
const by = (who: string, at = EARLY, version = 2) => ({ by: who, at, version, reason: "The host asked." });
const refused = (rule: () => unknown) => {
  const { code, reasons } = refusalOf(rule);
  return [code, ...clauses(reasons)];
};
/** A plan with a second wave that closes an hour later. */
const LATER = [WAVES[0], { ...WAVES[1], closesAt: SEASON_END + HOUR }] as const;
const whole = (over: Partial<SeasonPlan> = {}) => ({ ...plan(over), instants: instantsOf(plan(over)) });

test("a timeline becomes a draft of version 1, of its planner's, with nothing on its record", () => {
  expect(draft(plan(), "olga")).toEqual({
    ...whole(),
    status: "draft",
    turns: [],
    version: 1,
    ringTurns: [],
    dossier: { plannedBy: "olga", publishedBy: null, proposal: null, former: [] },
  });
});

describe("a draft", () => {
  const drafted = season({ status: "draft", version: 2 });

  test("takes another plan, and its author is who wrote that", () => {
    const edited = edit(drafted, plan({ phases: LATER }), by("pete"));
    expect(edited).toEqual({ ...drafted, ...whole({ phases: LATER }), version: 3, dossier: { ...drafted.dossier, plannedBy: "pete" } });
  });

  test("is not edited into what is no timeline, nor from another version, nor once it is published", () => {
    expect(refused(() => edit(drafted, plan({ phases: [WAVES[1], WAVES[0]] }), by("olga")))[0]).toBe("bad-timeline");
    expect(refused(() => edit(drafted, plan(), by("olga", EARLY, 1)))).toEqual(["season-version-outdated"]);
    for (const status of ["scheduled", "open", "closed", "archived", "cancelled"] as const)
      expect(refused(() => edit(season({ status }), plan(), by("olga")))).toEqual(["wrong-state", "edit-not-possible "]);
  });

  test("is scheduled under its next version, and who published it is on record", () => {
    expect(publish(drafted, by("olga"), [])).toEqual({
      ...drafted,
      status: "scheduled",
      version: 3,
      dossier: { ...drafted.dossier, publishedBy: "olga" },
    });
  });

  test.each([1, 3])("is not published as version %i, which is not the one in hand", (version) => {
    expect(refused(() => publish(drafted, by("olga", EARLY, version), []))).toEqual(["season-version-outdated"]);
  });

  test.each(["closed", "archived", "cancelled"] as const)("is what is published, and a season that is %s is none", (status) => {
    expect(refused(() => publish(season({ status }), by("olga"), []))).toEqual(["season-not-draft", "publish-not-possible "]);
  });

  test("is published by its author until the freeze begins, and from then on by another operator alone", () => {
    expect(publish(drafted, by("olga", FREEZE - 1), []).status).toBe("scheduled");
    expect(refused(() => publish(drafted, by("olga", FREEZE), []))).toEqual(["second-operator-needed"]);
    expect(publish(drafted, by("pete", FREEZE), []).dossier).toMatchObject({ plannedBy: "olga", publishedBy: "pete" });
  });
});

describe("windows of two seasons on one surface", () => {
  const drafted = season({ status: "draft", version: 2 });
  const other = (over: Partial<Season>) => season({ id: "double-11-2024", ...over });
  const elsewhere = [admission({ surface: "another-surface" })];
  const published = (...others: Season[]) => refused(() => publish(drafted, by("olga"), [drafted, ...others]));

  test.each([
    ["meets in its last millisecond", other({ phases: [phase("x", SEASON_END - 1, SEASON_END + HOUR)] })],
    ["meets in its first millisecond", other({ phases: [phase("x", OPENING - HOUR, OPENING + 1)] })],
    ["lies inside one of ours", other({ phases: [phase("x", OPENING + 1, OPENING + 2)] })],
    ["is over", other({ status: "archived", phases: [phase("x", OPENING + 1, OPENING + 2)] })],
  ])("never meet: not when a published season %s", (_name, clash) => {
    expect(published(other({ id: "far", phases: [phase("x", 0, 1)] }), clash)).toEqual(["bad-timeline", "season-overlap /phases"]);
    expect(refusalOf(() => publish(drafted, by("olga"), [clash])).reasons[0]?.detail).toContain("double-11-2024");
  });

  test("never meet: one shared surface among several and one window among several are enough", () => {
    const phases = [phase("x", OPENING + 1, OPENING + 2), phase("far", SEASON_END + DAY, SEASON_END + 2 * DAY)] as const;
    const third = [admission({ surface: "third-surface" })];
    const mine = { ...drafted, admissions: [...third, ...drafted.admissions] };
    const theirs = other({ phases, admissions: [...elsewhere, ...drafted.admissions] });
    expect(refused(() => publish(mine, by("olga"), [theirs]))[0]).toBe("bad-timeline");
  });

  test.each([
    ["touches ours", other({ phases: [phase("x", SEASON_END, SEASON_END + HOUR)] })],
    ["lies in a gap of ours", other({ phases: [phase("x", OPENING + HOUR, OPENING + 2 * HOUR)] })],
    ["is on another surface", other({ admissions: elsewhere })],
    ["is a draft", other({ status: "draft" })],
    ["is cancelled", other({ status: "cancelled" })],
  ])("are no matter when the other season %s", (_name, fine) => {
    expect(publish(drafted, by("olga"), [drafted, fine]).status).toBe("scheduled");
  });

  test("never meet by a proposal either", () => {
    const proposed = propose(season(), plan({ phases: LATER }), by("olga"));
    const behind = other({ phases: [phase("x", SEASON_END, SEASON_END + HOUR)] });
    expect(refused(() => publish(proposed, by("pete", EARLY, 3), [behind]))).toEqual(["bad-timeline", "season-overlap /phases"]);
  });
});

describe("a proposal", () => {
  const renamed = { zh: "霁鹭", en: "Renamed" };

  test("is the whole new plan, with who, when, why and against which version, and changes nothing that is served", () => {
    const proposed = propose(season(), plan({ phases: LATER, names: renamed }), by("pete"));
    const proposal = {
      plan: whole({ phases: LATER, names: renamed }),
      extends: null,
      by: "pete",
      at: EARLY,
      reason: "The host asked.",
      against: 2,
    };
    expect(proposed).toEqual(season({ version: 3, dossier: { ...season().dossier, proposal } }));
  });

  test("becomes the plan when it is published, and what windows there were is remembered", () => {
    const proposed = propose(season(), plan({ phases: LATER, names: renamed }), by("pete"));
    const after = publish(proposed, by("olga", EARLY + 1, 3), []);
    expect(after).toMatchObject({ ...whole({ phases: LATER, names: renamed }), status: "scheduled", version: 4 });
    const windows = WAVES.map(({ id, opensAt, closesAt }) => ({ id, opensAt, closesAt }));
    expect(after.dossier).toEqual({
      plannedBy: "pete",
      publishedBy: "olga",
      proposal: null,
      former: [{ change: "proposal", phases: windows, until: EARLY + 1, by: "pete", reason: "The host asked." }],
    });
  });

  test("takes the place of the one before, and can be taken back", () => {
    const first = propose(season(), plan({ names: renamed }), by("pete"));
    const second = propose(first, plan({ phases: LATER }), by("olga", EARLY, 3));
    expect(second.dossier.proposal).toMatchObject({ by: "olga", against: 3, plan: { names: NAMES } });
    const without = withdrawProposal(second, by("pete", EARLY, 4));
    expect(without).toEqual(season({ version: 5 }));
    expect(refused(() => withdrawProposal(without, by("pete", EARLY, 5)))).toEqual(["nothing-proposed"]);
    expect(refused(() => publish(without, by("pete", EARLY, 5), []))).toEqual(["nothing-proposed"]);
  });

  test("is published by its author until the freeze begins, as it is or as it would be", () => {
    const proposed = propose(season(), plan({ phases: LATER }), by("pete"));
    expect(publish(proposed, by("pete", FREEZE - 1, 3), []).version).toBe(4);
    expect(refused(() => publish(proposed, by("pete", FREEZE, 3), []))).toEqual(["second-operator-needed"]);
    const sooner = propose(season(), plan({ instants: { applicationsClose: EARLY - DAY, whitelistFreeze: EARLY } }), by("pete"));
    expect(refused(() => publish(sooner, by("pete", EARLY, 3), []))).toEqual(["second-operator-needed"]);
    const never = propose(season(), plan({ instants: { whitelistFreeze: OPENING } }), by("pete"));
    expect(refused(() => publish(never, by("pete", FREEZE, 3), []))).toEqual(["second-operator-needed"]);
  });

  test("is not for a season that is no longer, or is over although the clock has not said so", () => {
    for (const status of ["draft", "closed", "archived", "cancelled"] as const)
      expect(refused(() => propose(season({ status }), plan(), by("olga")))).toEqual(["wrong-state", "propose-not-possible "]);
    expect(refused(() => propose(season(), plan(), by("olga", SEASON_END)))).toEqual(["wrong-state", "season-over "]);
    const proposed = propose(season(), plan(), by("olga", SEASON_END - 1));
    expect(refused(() => publish(proposed, by("pete", SEASON_END, 3), []))).toEqual(["wrong-state", "season-over "]);
  });

  test("is of the marketplace that brands have applied from", () => {
    expect(refused(() => propose(season(), plan({ marketplace: "jd" }), by("olga")))).toEqual([
      "bad-timeline",
      "marketplace-fixed /marketplace",
    ]);
  });
});

describe("a window that has begun", () => {
  const AT = OPENING + HOUR / 2;

  test("keeps the season in its zone, by whose days it is stated and credited", () => {
    const moved = (at: number) => refused(() => propose(season(), plan({ zone: "UTC" }), by("olga", at)));
    expect(moved(AT)).toContain("zone-fixed /zone");
    expect(moved(OPENING)).toContain("zone-fixed /zone");
    expect(propose(season(), plan({ zone: "UTC" }), by("olga", OPENING - 1)).dossier.proposal?.plan.zone).toBe("UTC");
  });

  const proposing = (phases: readonly [Phase, ...Phase[]], at = AT) => refused(() => propose(season(), plan({ phases }), by("olga", at)));
  const [first, second] = WAVES;

  test.each<[string, readonly [Phase, ...Phase[]], string[]]>([
    ["opens later", [{ ...first, opensAt: OPENING + 1 }, second], ["window-begun /phases/0"]],
    ["closes earlier", [{ ...first, closesAt: OPENING + HOUR - 1 }, second], ["window-begun /phases/0"]],
    ["closes later", [{ ...first, closesAt: OPENING + HOUR + 1 }, second], ["window-begun /phases/0"]],
    ["has another id", [{ ...first, id: "x" }, second], ["window-begun /phases/0"]],
    ["is left out", [{ ...second, afterGap: false }], ["window-begun /phases/0"]],
    [
      "has another ahead",
      [phase("x", OPENING - HOUR, OPENING), first, second],
      ["window-begun /phases/0", "opening-past /phases/1/opensAt"],
    ],
  ])("does not move: no plan in which it %s", (_name, phases, faults) => {
    expect(proposing(phases)).toEqual(["bad-timeline", ...faults]);
  });

  test("may have another name, and another window behind it", () => {
    const named = [
      { ...first, names: { zh: "一", en: "One" } },
      { ...second, opensAt: OPENING + HOUR + 1 },
    ] as const;
    expect(propose(season(), plan({ phases: named }), by("olga", AT)).dossier.proposal?.plan.phases).toEqual(named);
  });

  test("has begun at its opening and not a millisecond before", () => {
    const moved = [{ ...first, opensAt: OPENING + 1 }, second] as const;
    expect(propose(season(), plan({ phases: moved }), by("olga", OPENING - 1)).version).toBe(3);
    expect(proposing(moved, OPENING)).toEqual(["bad-timeline", "window-begun /phases/0"]);
  });

  test("does not begin in the past", () => {
    const at = OPENING + 2 * HOUR - 1;
    const into = (opensAt: number) => [first, { ...second, opensAt }] as const;
    expect(proposing(into(at), at)).toEqual(["bad-timeline", "opening-past /phases/1/opensAt"]);
    expect(propose(season(), plan({ phases: into(at + 1) }), by("olga", at)).version).toBe(3);
  });

  test("stays where it is when it has begun between the proposal and its publication", () => {
    const moved = [{ ...first, opensAt: OPENING + 1 }, second] as const;
    const proposed = propose(season(), plan({ phases: moved }), by("olga"));
    expect(publish(proposed, by("pete", OPENING - 1, 3), []).phases).toEqual(moved);
    expect(refused(() => publish(proposed, by("pete", OPENING, 3), []))).toEqual(["bad-timeline", "window-begun /phases/0"]);
  });
});

describe("an extension", () => {
  const AT = OPENING + HOUR / 2;
  const LAST = OPENING + 2.5 * HOUR;
  const open = season({ status: "open" });
  const extending = (id: string, closesAt: number, at = AT, on = open) => extend(on, { phase: id, closesAt }, by("olga", at));

  test("is a proposal that another operator publishes, and that moves one closing", () => {
    const proposed = extending("wave-1", OPENING + 1.5 * HOUR);
    expect(proposed.phases).toEqual(WAVES);
    expect(refused(() => publish(proposed, by("olga", AT, 3), []))).toEqual(["second-operator-needed"]);
    const after = publish(proposed, by("pete", AT, 3), []);
    expect(after.phases).toEqual([{ ...WAVES[0], closesAt: OPENING + 1.5 * HOUR }, WAVES[1]]);
    expect(after.instants).toEqual(open.instants);
    expect(after.dossier.former).toMatchObject([{ change: "extension", by: "olga", until: AT }]);
  });

  test("of the last phase moves what is counted from the closing", () => {
    const after = publish(extending("wave-2", SEASON_END + DAY, LAST), by("pete", LAST, 3), []);
    const { instants } = open;
    expect(after.instants).toEqual({
      ...instants,
      closes: SEASON_END + DAY,
      clickGraceEnds: instants.clickGraceEnds + DAY,
      reportFinal: instants.reportFinal + DAY,
    });
  });

  test("may use up the gap behind it, and go no further", () => {
    expect(extending("wave-1", OPENING + 2 * HOUR).dossier.proposal?.plan.phases[1]).toMatchObject({ afterGap: false });
    expect(refused(() => extending("wave-1", OPENING + 2 * HOUR + 1))).toEqual(["bad-timeline", "window-overlap /closesAt"]);
  });

  test("is later, of a phase there is, that is not over", () => {
    expect(refused(() => extending("wave-1", OPENING + HOUR))).toEqual(["bad-timeline", "closing-not-later /closesAt"]);
    expect(refused(() => extending("wave-9", SEASON_END))).toEqual(["bad-timeline", "phase-unknown /phase"]);
    expect(extending("wave-1", OPENING + 1.5 * HOUR, OPENING + HOUR - 1).version).toBe(3);
    expect(refused(() => extending("wave-1", OPENING + 1.5 * HOUR, OPENING + HOUR))).toEqual(["wrong-state", "phase-over /phase"]);
    expect(refused(() => extending("wave-2", SEASON_END + 400 * DAY, LAST))).toEqual(["bad-timeline", "span-not-sane /closesAt"]);
  });

  test("is not of a season that is over: closed stays closed", () => {
    for (const status of ["closed", "archived", "cancelled", "draft"] as const)
      expect(refused(() => extending("wave-2", SEASON_END + DAY, LAST, season({ status })))[0]).toBe("wrong-state");
    expect(refused(() => extending("wave-2", SEASON_END + DAY, SEASON_END))).toEqual(["wrong-state", "phase-over /phase"]);
  });

  test("comes too late when its phase has closed before it is published", () => {
    const proposed = extending("wave-1", OPENING + 1.5 * HOUR);
    expect(publish(proposed, by("pete", OPENING + HOUR - 1, 3), []).version).toBe(4);
    expect(refused(() => publish(proposed, by("pete", OPENING + HOUR, 3), []))).toEqual(["bad-timeline", "window-begun /phases/0"]);
  });
});
