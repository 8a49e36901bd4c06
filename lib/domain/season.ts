import { next } from "./machine.ts";
import type { Names } from "./names.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { SEASON_MACHINE, type SeasonVerb } from "./season-machine.ts";
import { contains, GUARD_BAND_MS, type Instant, overlap, type Window } from "./window.ts";

/** A part of a festival. A gap between two phases is meant: nothing is served in it. */
export interface Phase extends Window {
  readonly id: string;
  readonly names: Names;
}

/** Whom a surface lets in this season. Data, so that opening to independent retailers is a change of data. */
export interface Admission {
  readonly surface: string;
  readonly storeTypes: readonly string[];
  readonly closedCategories: readonly string[];
  readonly requiredDocuments: readonly string[];
  /** Codes of rules that a reviewer may waive; breaking one is flagged instead of refused. */
  readonly waivable: readonly string[];
  /** How many brands the trial takes; null for no limit. */
  readonly capacity: number | null;
}

export type SeasonStatus = "draft" | "scheduled" | "open" | "closed";

/** A status the season clock has recorded: when it was due, and when it was seen. */
export interface Turn {
  readonly to: SeasonStatus;
  readonly officialAt: Instant;
  readonly actualAt: Instant;
}

/** A festival: its phases on the clock, and whom each surface admits. Planned by the operator of one host. */
export interface Season {
  readonly id: string;
  readonly host: string;
  readonly marketplace: string;
  readonly zone: string;
  readonly names: Names;
  readonly phases: readonly [Phase, ...Phase[]];
  readonly applicationsCloseAt: Instant;
  readonly clickGraceEndsAt: Instant;
  /** How long the host needs from a decision until every part of it has heard. Milliseconds. */
  readonly propagationMs: number;
  /** How long a brand needs to put right what a reviewer found. Milliseconds. */
  readonly reworkMs: number;
  readonly admissions: readonly Admission[];
  readonly status: SeasonStatus;
  readonly turns: readonly Turn[];
  readonly version: number;
}

export type SeasonPlan = Omit<Season, "status" | "turns" | "version">;

/** From the first opening to the last closing, gaps included. */
export const span = (season: Pick<Season, "phases">): Window => ({
  opensAt: season.phases[0].opensAt,
  closesAt: (season.phases.at(-1) ?? season.phases[0]).closesAt,
});

/** The phase that serves at `at`, guard band applied; undefined outside every window. */
export const phaseAt = <P extends Window>(phases: readonly P[], at: Instant): P | undefined =>
  phases.find((phase) => contains(phase, at, GUARD_BAND_MS));

/** A plan becomes a draft when it is a timeline. @throws Refusal `bad-timeline` naming each fault. */
export function draft(plan: SeasonPlan): Season {
  const faults = [...phaseFaults(plan.phases), ...instantFaults(plan)];
  if (faults.length > 0) throw new Refusal("bad-timeline", faults);
  return { ...plan, status: "draft", turns: [], version: 1 };
}

function phaseFaults(phases: readonly Phase[]): Reason[] {
  return phases.flatMap((phase, index) => {
    const field = `/phases/${index}`;
    const before = phases[index - 1];
    const faults: Reason[] = [];
    if (phase.closesAt - phase.opensAt <= 2 * GUARD_BAND_MS)
      faults.push({
        code: "window-empty",
        field: `${field}/closesAt`,
        detail: "A phase has to close later than it opens, by more than the guard band.",
      });
    if (before && phase.opensAt < before.closesAt)
      faults.push({
        code: "window-overlap",
        field: `${field}/opensAt`,
        detail: "A phase cannot open before the one ahead of it has closed.",
      });
    if (phases.findIndex(({ id }) => id === phase.id) !== index)
      faults.push({ code: "phase-repeated", field: `${field}/id`, detail: "Each phase needs an id of its own." });
    return faults;
  });
}

function instantFaults(plan: SeasonPlan): Reason[] {
  const { opensAt, closesAt } = span(plan);
  const faults: Reason[] = [];
  if (plan.applicationsCloseAt > opensAt)
    faults.push({
      code: "applications-close-late",
      field: "/applicationsCloseAt",
      detail: "Applications have to close before the first phase opens.",
    });
  if (plan.clickGraceEndsAt < closesAt)
    faults.push({
      code: "click-grace-early",
      field: "/clickGraceEndsAt",
      detail: "The grace for late clicks cannot end before the last phase closes.",
    });
  return faults;
}

/**
 * Two-step publishing: the operator names the version they read. From here the clock turns the season.
 * @throws Refusal `season-not-draft`, `season-version-outdated`, or `bad-timeline` when its windows meet those of a
 *   published season on the same surface.
 */
export function schedule(season: Season, version: number, published: readonly Season[]): Season {
  const status = next<SeasonStatus, SeasonVerb>(SEASON_MACHINE, season.status, "publish", "season-not-draft");
  if (season.version !== version) throw new Refusal("season-version-outdated");
  const clash = published.find((other) => other.id !== season.id && sharesSurface(season, other) && windowsMeet(season, other));
  if (clash)
    throw new Refusal("bad-timeline", [
      { code: "season-overlap", field: "/phases", detail: `A phase meets a window of ${clash.id} on the same surface.` },
    ]);
  return { ...season, status, version: season.version + 1 };
}

const sharesSurface = (one: Season, other: Season) =>
  one.admissions.some(({ surface }) => other.admissions.some((theirs) => theirs.surface === surface));

const windowsMeet = (one: Season, other: Season) => one.phases.some((mine) => other.phases.some((theirs) => overlap(mine, theirs)));

/**
 * What the clock has still to record at `now`: the next turn, or undefined when the record is up to date.
 * Never goes back: an earlier `now` yields nothing.
 */
export function nextTurn(season: Season, now: Instant): Turn | undefined {
  const { opensAt, closesAt } = span(season);
  if (season.status === "scheduled" && now >= opensAt) return { to: SEASON_MACHINE.scheduled.open.to, officialAt: opensAt, actualAt: now };
  if (season.status === "open" && now >= closesAt) return { to: SEASON_MACHINE.open.close.to, officialAt: closesAt, actualAt: now };
  return undefined;
}

/** The season with the turn on its record. */
export const turned = (season: Season, turn: Turn): Season => ({
  ...season,
  status: turn.to,
  turns: [...season.turns, turn],
  version: season.version + 1,
});
