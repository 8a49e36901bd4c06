import type { Names } from "./names.ts";
import type { Ring, RingTurn } from "./ring.ts";
import { SEASON_MACHINE } from "./season-machine.ts";
import { contains, GUARD_BAND_MS, type Instant, type Window } from "./window.ts";

/** A part of a festival. */
export interface Phase extends Window {
  readonly id: string;
  readonly names: Names;
  /** The gap between the phase ahead and this one is meant: nothing is served in it. */
  readonly afterGap?: boolean | undefined;
}

/** The instants of a season that have names, in the order in which they have to come. Two may be the same, but a season closes later than it opens. */
export interface Instants {
  /** From here no application is taken. */
  readonly applicationsClose: Instant;
  /** From here it takes two operators to change what is published. */
  readonly whitelistFreeze: Instant;
  readonly opens: Instant;
  readonly finalPhase: Instant;
  readonly closes: Instant;
  /** Until here late clicks are counted. */
  readonly clickGraceEnds: Instant;
  /** From here the report does not change, and the season is archived. */
  readonly reportFinal: Instant;
}

/** Those a plan may set itself. `opens` and `closes` are the windows' own: another word for them could only contradict the phases. */
export type ChosenInstants = { readonly [Name in Exclude<keyof Instants, "opens" | "closes">]?: Instant | undefined };

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

/** How much of a surface the season may take; null for no limit. */
export interface HostCap {
  readonly surface: string;
  readonly impressionsPerDay: number | null;
  readonly perViewerPerDay: number | null;
  /** Of a day's impressions at most these shares, basis points. */
  readonly categoryShares?: readonly { readonly category: string; readonly share: number }[] | undefined;
}

/** When a mark of the season, its logo for one, may be shown: half-open. */
export interface MarkLicence {
  readonly mark: string;
  readonly from: Instant;
  readonly until: Instant;
}

export type SeasonStatus = "draft" | "scheduled" | "open" | "closed" | "archived" | "cancelled";

/** A status the season clock has recorded: when it was due, and when it was seen. */
export interface Turn {
  readonly to: SeasonStatus;
  readonly officialAt: Instant;
  readonly actualAt: Instant;
}

/** What an operator plans: a festival's phases on the clock, and whom each surface admits. Of one host. */
export interface Plan {
  readonly id: string;
  readonly host: string;
  readonly marketplace: string;
  readonly zone: string;
  readonly names: Names;
  readonly phases: readonly [Phase, ...Phase[]];
  readonly instants: Instants;
  /** How long the host needs from a decision until every part of it has heard. Milliseconds. */
  readonly propagationMs: number;
  /** How long a brand needs to put right what a reviewer found. Milliseconds. */
  readonly reworkMs: number;
  readonly admissions: readonly Admission[];
  readonly hostCaps: readonly HostCap[];
  readonly markLicences: readonly MarkLicence[];
  readonly rings: readonly Ring[];
}

/** A plan as it is handed in: instants it does not choose follow from its phases. */
export type SeasonPlan = Omit<Plan, "instants"> & { readonly instants?: ChosenInstants | undefined };

/** What a published season is to become, once somebody publishes that too; until then it serves nothing. */
export interface Proposal {
  readonly plan: Plan;
  /** The phase whose closing it moves although it has begun; null when it moves no such window. */
  readonly extends: string | null;
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
  /** The version of the season it was made for. */
  readonly against: number;
}

/** What windows there were until a published change moved them. */
export interface FormerTimeline {
  readonly change: "proposal" | "extension" | "closure";
  readonly phases: readonly Pick<Phase, "id" | "opensAt" | "closesAt">[];
  readonly until: Instant;
  readonly by: string;
  readonly reason: string;
}

/** What the host's operators have done with a season: for them alone. */
export interface Dossier {
  /** Who wrote the plan as it is. */
  readonly plannedBy: string;
  /** Who published it first; null while nobody has. */
  readonly publishedBy: string | null;
  readonly proposal: Proposal | null;
  /** Oldest first, the latest `MOST_FORMER`. */
  readonly former: readonly FormerTimeline[];
}

/** A plan with its life. */
export interface Season extends Plan {
  readonly status: SeasonStatus;
  readonly turns: readonly Turn[];
  readonly version: number;
  /** What became of the rings while it ran. */
  readonly ringTurns: readonly RingTurn[];
  readonly dossier: Dossier;
}

/** More is not kept with the season; the audit trail has them all. */
export const MOST_FORMER = 20;

/** Whether others than its planners have ever seen it. */
export const wasPublished = ({ dossier }: Season): boolean => dossier.publishedBy !== null;

/** From the first opening to the last closing, gaps included. */
export const span = ({ phases }: Pick<Plan, "phases">): Window => ({
  opensAt: phases[0].opensAt,
  closesAt: (phases.at(-1) ?? phases[0]).closesAt,
});

/** The phase that serves at `at`, guard band applied; undefined outside every window. */
export const phaseAt = <P extends Window>(phases: readonly P[], at: Instant): P | undefined =>
  phases.find((phase) => contains(phase, at, GUARD_BAND_MS));

/**
 * What the clock has still to record at `now`: the next turn, or undefined when the record is up to date.
 * Never goes back: an earlier `now` yields nothing.
 */
export function nextTurn(season: Season, now: Instant): Turn | undefined {
  const { opensAt, closesAt } = span(season);
  if (season.status === "scheduled" && now >= opensAt) return { to: SEASON_MACHINE.scheduled.open.to, officialAt: opensAt, actualAt: now };
  if (season.status === "open" && now >= closesAt) return { to: SEASON_MACHINE.open.close.to, officialAt: closesAt, actualAt: now };
  if (season.status === "closed" && now >= season.instants.reportFinal)
    return { to: SEASON_MACHINE.closed.archive.to, officialAt: season.instants.reportFinal, actualAt: now };
  return undefined;
}

/** The season with the turn on its record. */
export const turned = (season: Season, turn: Turn): Season => ({
  ...season,
  status: turn.to,
  turns: [...season.turns, turn],
  version: season.version + 1,
});
