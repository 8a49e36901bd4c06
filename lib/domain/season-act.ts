import { next } from "./machine.ts";
import { type Reason, Refusal, type RefusalCode } from "./refusal.ts";
import { type Dossier, type FormerTimeline, MOST_FORMER, type Plan, type Season, type SeasonStatus, span } from "./season.ts";
import { SEASON_MACHINE, type SeasonVerb } from "./season-machine.ts";
import type { Instant } from "./window.ts";

/** What an operator does, to the version they have read. */
export interface Act {
  readonly by: string;
  readonly at: Instant;
  readonly version: number;
}

/** An act that needs words. */
export interface ReasonedAct extends Act {
  readonly reason: string;
}

/** The season after the verb, under its next version. @throws Refusal, by default `wrong-state`; `season-version-outdated`. */
export function stepped(season: Season, verb: SeasonVerb, version: number, otherwise?: RefusalCode): Season {
  const status = next<SeasonStatus, SeasonVerb>(SEASON_MACHINE, season.status, verb, otherwise);
  if (season.version !== version) throw new Refusal("season-version-outdated");
  return { ...season, status, version: season.version + 1 };
}

/** What is over stays over, whether or not the clock has recorded it. @throws Refusal `wrong-state`. */
export function refuseOver(season: Season, at: Instant): void {
  if (at >= span(season).closesAt) throw new Refusal("wrong-state", [fault("season-over", "", "Its last window has closed.")]);
}

/** @throws Refusal `bad-timeline` when there are any. */
export function refuse(faults: readonly Reason[]): void {
  if (faults.length > 0) throw new Refusal("bad-timeline", faults);
}

export const fault = (code: string, field: string, detail: string): Reason => ({ code, field, detail });

/** The season's plan with other windows: what is counted from the closing moves with it, and the final phase stays inside. */
export function withPhases(season: Season, phases: Plan["phases"]): Plan {
  const { status: _status, turns: _turns, version: _version, ringTurns: _rings, dossier: _dossier, ...plan } = season;
  const { opensAt: opens, closesAt: closes } = span({ phases });
  const moved = closes - plan.instants.closes;
  const { finalPhase, clickGraceEnds, reportFinal } = plan.instants;
  return {
    ...plan,
    phases,
    instants: {
      ...plan.instants,
      opens,
      closes,
      finalPhase: finalPhase < closes ? finalPhase : (phases.at(-1) ?? phases[0]).opensAt,
      clickGraceEnds: clickGraceEnds + moved,
      reportFinal: reportFinal + moved,
    },
  };
}

/** The dossier with the windows that end now. */
export const remembering = (
  { dossier, phases }: Season,
  former: Pick<FormerTimeline, "change" | "by" | "reason"> & { readonly until: Instant },
): Dossier => ({
  ...dossier,
  former: [...dossier.former, { ...former, phases: phases.map(({ id, opensAt, closesAt }) => ({ id, opensAt, closesAt })) }].slice(
    -MOST_FORMER,
  ),
});
