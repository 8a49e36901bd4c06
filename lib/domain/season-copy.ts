import { Temporal } from "temporal-polyfill";
import { type Difference, differences, leavesOf } from "./difference.ts";
import type { Names } from "./names.ts";
import { type Phase, type Plan, type Season, type SeasonPlan, span } from "./season.ts";
import type { Instant } from "./window.ts";
import { wallTime } from "./zone.ts";

/** What the next season of a kind is to be called, and on which day in its zone it opens: `YYYY-MM-DD`. */
export interface Recurrence {
  readonly id: string;
  readonly names: Names;
  readonly opens: string;
}

/**
 * The season's plan again, every instant as many calendar days on as its opening, at the same time on the zone's clocks: a day is
 * not always 24 hours, and a year not 365 days. A time that clocks skip that day is as much later as they skip (Temporal's `compatible`).
 */
export function copyOf(season: Season, { id, names, opens }: Recurrence): SeasonPlan {
  const { host, marketplace, zone, propagationMs, reworkMs, admissions, hostCaps } = season;
  const inZone = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const { days } = inZone(span(season).opensAt).toPlainDate().until(Temporal.PlainDate.from(opens), { largestUnit: "days" });
  const moved = (at: Instant): Instant => inZone(at).add({ days }).epochMilliseconds;
  const { applicationsClose, whitelistFreeze, finalPhase, clickGraceEnds, reportFinal } = season.instants;
  return {
    ...{ id, names, host, marketplace, zone, propagationMs, reworkMs, admissions, hostCaps },
    phases: season.phases.map((phase) => ({ ...phase, opensAt: moved(phase.opensAt), closesAt: moved(phase.closesAt) })) as [
      Phase,
      ...Phase[],
    ],
    instants: {
      applicationsClose: moved(applicationsClose),
      whitelistFreeze: moved(whitelistFreeze),
      finalPhase: moved(finalPhase),
      clickGraceEnds: moved(clickGraceEnds),
      reportFinal: moved(reportFinal),
    },
    markLicences: season.markLicences.map(({ mark, from, until }) => ({ mark, from: moved(from), until: moved(until) })),
    rings: season.rings.map((ring) => ({ ...ring, steps: ring.steps.map(({ from, share }) => ({ from: moved(from), share })) })),
  };
}

/** What differs between two plans, instants as clocks in each one's zone show them. */
export const planChanges = (before: Season, after: Season): Difference[] => differences(told(before), told(after));

const INSTANT = /\/(?:opensAt|closesAt|from|until)$|^\/instants\//;

function told(season: Season) {
  const { status: _status, turns: _turns, version: _version, ringTurns: _rings, dossier: _dossier, ...plan } = season;
  return leavesOf(plan satisfies Plan, "").map(
    ([pointer, value]) => [pointer, INSTANT.test(pointer) ? wallTime(plan.zone, Number(value)) : value] as const,
  );
}
