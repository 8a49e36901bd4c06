import type { Reason } from "./refusal.ts";
import { type ChosenInstants, type Instants, type Phase, span } from "./season.ts";
import { DAY_MS, GUARD_BAND_MS, type Instant } from "./window.ts";

/** How long late clicks are counted, and how long the report then takes to settle, where a plan says nothing else. Both are our choice. */
const CLICK_GRACE_MS = 7 * DAY_MS;
const REPORT_MS = DAY_MS;
/** A festival is of this century, and over within 400 days: anything else is a slip of the hand. */
const EARLIEST: Instant = 946_684_800_000; // 2000-01-01T00:00:00Z
const LATEST: Instant = 4_102_444_800_000; // 2100-01-01T00:00:00Z
const LONGEST_MS = 400 * DAY_MS;

/** What a timeline is made of. */
export interface Timeline {
  readonly phases: readonly [Phase, ...Phase[]];
  readonly propagationMs: number;
  readonly reworkMs: number;
  readonly instants?: ChosenInstants | undefined;
}

const last = (phases: Timeline["phases"]): Phase => phases.at(-1) ?? phases[0];

/**
 * Every named instant of a timeline, each chosen or derived: the freeze leaves the host the time to spread a decision before the
 * opening, applications close with the time to put things right before that, the final phase is the last one, clicks
 * are counted for seven days more, and the report settles within one.
 */
export function instantsOf({ phases, propagationMs, reworkMs, instants: chosen = {} }: Timeline): Instants {
  const { opensAt: opens, closesAt: closes } = span({ phases });
  const whitelistFreeze = chosen.whitelistFreeze ?? opens - propagationMs;
  const clickGraceEnds = chosen.clickGraceEnds ?? closes + CLICK_GRACE_MS;
  return {
    applicationsClose: chosen.applicationsClose ?? whitelistFreeze - reworkMs,
    whitelistFreeze,
    opens,
    finalPhase: chosen.finalPhase ?? last(phases).opensAt,
    closes,
    clickGraceEnds,
    reportFinal: chosen.reportFinal ?? clickGraceEnds + REPORT_MS,
  };
}

const ORDER = [
  "applicationsClose",
  "whitelistFreeze",
  "opens",
  "finalPhase",
  "closes",
  "clickGraceEnds",
  "reportFinal",
] as const satisfies (keyof Instants)[];

/** Everything that keeps phases and instants from being a timeline, each with the element it is about. */
export const timelineFaults = (timeline: Timeline): Reason[] => [...phaseFaults(timeline.phases), ...instantFaults(timeline)];

function phaseFaults(phases: readonly Phase[]): Reason[] {
  return phases.flatMap((phase, index) => {
    const field = `/phases/${index}`;
    const faults: Reason[] = [];
    if (phase.closesAt - phase.opensAt <= 2 * GUARD_BAND_MS)
      faults.push({
        code: "window-empty",
        field: `${field}/closesAt`,
        detail: "A phase has to close later than it opens, by more than the guard band.",
      });
    faults.push(...gapFaults(phases[index - 1], phase, field));
    if (phases.findIndex(({ id }) => id === phase.id) !== index)
      faults.push({ code: "phase-repeated", field: `${field}/id`, detail: "Each phase needs an id of its own." });
    return faults;
  });
}

/** Between two phases there is nothing, or a gap that somebody meant. */
function gapFaults(before: Phase | undefined, phase: Phase, field: string): Reason[] {
  if (before && phase.opensAt < before.closesAt)
    return [{ code: "window-overlap", field: `${field}/opensAt`, detail: "A phase cannot open before the one ahead of it has closed." }];
  const isAfterGap = before !== undefined && phase.opensAt > before.closesAt;
  if (isAfterGap && !phase.afterGap)
    return [
      {
        code: "gap-undeclared",
        field: `${field}/opensAt`,
        detail: "Nothing would be served between the phase ahead and this one; if that is meant, say so with afterGap.",
      },
    ];
  if (phase.afterGap && !isAfterGap)
    return [{ code: "gap-absent", field: `${field}/afterGap`, detail: "There is no gap ahead of this phase." }];
  return [];
}

function instantFaults(timeline: Timeline): Reason[] {
  const instants = instantsOf(timeline);
  const isChosen = (name: keyof Instants) => name in (timeline.instants ?? {});
  const faults = ORDER.slice(1).flatMap((name, index): Reason[] => {
    const before = ORDER[index] ?? name;
    const isInOrder = name === "closes" ? instants[before] < instants[name] : instants[before] <= instants[name];
    // What follows from the phases is in order when they are, and they have been judged.
    if (isInOrder || !(isChosen(name) || isChosen(before))) return [];
    const field = `/instants/${isChosen(name) ? name : before}`;
    return [{ code: "instant-out-of-order", field, detail: `In order of time: ${ORDER.join(", ")}.` }];
  });
  const [from, until] = [instants.applicationsClose, instants.reportFinal];
  if (from < EARLIEST || until > LATEST || until - from > LONGEST_MS)
    faults.push({
      code: "span-not-sane",
      field: "/phases",
      detail: "A season has to lie between the years 2000 and 2100, and to be over, report and all, within 400 days.",
    });
  return faults;
}
