import { type Reason, Refusal } from "./refusal.ts";
import type { Phase, Plan, Proposal, Season, SeasonPlan } from "./season.ts";
import { type Act, fault, type ReasonedAct, refuse, refuseOver, remembering, stepped, withPhases } from "./season-act.ts";
import { ruleFaults } from "./season-rules.ts";
import { instantsOf, timelineFaults } from "./timeline.ts";
import { type Instant, overlap } from "./window.ts";

/** A plan becomes a draft when it is a timeline. @throws Refusal `bad-timeline` naming each fault. */
export const draft = (plan: SeasonPlan, by: string): Season => ({
  ...planned(plan),
  status: "draft",
  turns: [],
  version: 1,
  ringTurns: [],
  dossier: { plannedBy: by, publishedBy: null, proposal: null, former: [] },
});

/** The plan with all its instants. @throws Refusal `bad-timeline`. */
function planned(plan: SeasonPlan): Plan {
  refuse([...timelineFaults(plan), ...ruleFaults(plan)]);
  return { ...plan, instants: instantsOf(plan) };
}

/** A draft with another plan. @throws Refusal `wrong-state`, `season-version-outdated`, `bad-timeline`. */
export const edit = (season: Season, plan: SeasonPlan, { by, version }: Act): Season => ({
  ...stepped(season, "edit", version),
  ...planned(plan),
  dossier: { ...season.dossier, plannedBy: by },
});

/**
 * Another plan for a published season, laid down for somebody to publish. It takes the place of what was proposed before.
 * @throws Refusal `wrong-state`, `season-version-outdated`, `bad-timeline`, also when it moves a window that has begun.
 */
export function propose(season: Season, plan: SeasonPlan, { by, at, version, reason }: ReasonedAct): Season {
  const after = stepped(season, "propose", version);
  refuseOver(season, at);
  const proposal: Proposal = { plan: planned(plan), extends: null, by, at, reason, against: version };
  refuse(proposalFaults(season, proposal, at));
  return withProposal(after, proposal);
}

/** Which phase is to close when instead. */
export interface Extension {
  readonly phase: string;
  readonly closesAt: Instant;
}

/**
 * A later closing for a phase that is not over, laid down for somebody to publish. What opens after it stays where it is.
 * @throws Refusal `wrong-state`, `season-version-outdated`, `bad-timeline`, also when the phase would meet the next one.
 */
export function extend(season: Season, { phase, closesAt }: Extension, { by, at, version, reason }: ReasonedAct): Season {
  const after = stepped(season, "propose", version);
  const index = season.phases.findIndex(({ id }) => id === phase);
  const extended = season.phases[index];
  if (!extended) throw new Refusal("bad-timeline", [fault("phase-unknown", "/phase", "The season has no such phase.")]);
  if (at >= extended.closesAt) throw new Refusal("wrong-state", [fault("phase-over", "/phase", "What has closed stays closed.")]);
  if (closesAt <= extended.closesAt) refuse([fault("closing-not-later", "/closesAt", "An extension has to close later than now planned.")]);
  const phases = season.phases.map((each, n): Phase => {
    if (n === index) return { ...each, closesAt };
    // An extension may use up the gap behind it.
    return n === index + 1 && each.opensAt === closesAt ? { ...each, afterGap: false } : each;
  });
  const plan = withPhases(season, phases as [Phase, ...Phase[]]);
  refuse(timelineFaults(plan).map((each) => ({ ...each, field: "/closesAt" })));
  return withProposal(after, { plan, extends: phase, by, at, reason, against: version });
}

/** The published season as if nothing had been proposed. @throws Refusal `wrong-state`, `season-version-outdated`, `nothing-proposed`. */
export function withdrawProposal(season: Season, { version }: Act): Season {
  const after = stepped(season, "withdraw-proposal", version);
  if (!season.dossier.proposal) throw new Refusal("nothing-proposed");
  return withProposal(after, null);
}

const withProposal = (season: Season, proposal: Proposal | null): Season => ({ ...season, dossier: { ...season.dossier, proposal } });

/**
 * The second step: an operator publishes what they have read, a draft or what is proposed. In the freeze it has to be another
 * than its author. From here the clock turns the season. `others`: all seasons there are.
 * @throws Refusal `season-not-draft`, `season-version-outdated`, `nothing-proposed`, `second-operator-needed`, `wrong-state`; or
 *   `bad-timeline` when a window has begun meanwhile, or meets one of another published season on the same surface.
 */
export function publish(season: Season, { by, at, version }: Act, others: readonly Season[]): Season {
  const after = stepped(season, "publish", version, "season-not-draft");
  const { dossier } = season;
  if (season.status === "draft") {
    refuseAlone(by, dossier.plannedBy, [season], at);
    refuse(clashes(season, others));
    return { ...after, dossier: { ...dossier, publishedBy: by } };
  }
  const { proposal } = dossier;
  if (!proposal) throw new Refusal("nothing-proposed");
  refuseOver(season, at);
  refuseAlone(by, proposal.by, [season, proposal.plan], at);
  refuse([...proposalFaults(season, proposal, at), ...clashes(proposal.plan, others)]);
  const change = proposal.extends === null ? "proposal" : "extension";
  const remembered = remembering(season, { change, by: proposal.by, reason: proposal.reason, until: at });
  // A ring that is planned no more is forgotten, but not while it is halted: then it holds nobody still.
  const ringTurns = season.ringTurns.filter(
    ({ brand, state }) => state === "halted" || proposal.plan.rings.some((ring) => ring.brand === brand),
  );
  return { ...after, ...proposal.plan, ringTurns, dossier: { ...remembered, plannedBy: proposal.by, proposal: null } };
}

/** From the freeze on, of the plan as it is or as it would be, nobody publishes what they wrote. @throws Refusal `second-operator-needed`. */
function refuseAlone(by: string, author: string, plans: readonly Plan[], at: Instant): void {
  if (by === author && plans.some(({ instants }) => at >= instants.whitelistFreeze)) throw new Refusal("second-operator-needed");
}

/** What a proposal may not do to a season that people rely on. */
function proposalFaults(season: Season, { plan, extends: extended }: Proposal, at: Instant): Reason[] {
  const faults: Reason[] = [];
  if (plan.marketplace !== season.marketplace)
    faults.push(fault("marketplace-fixed", "/marketplace", "Brands have applied from this marketplace."));
  if (plan.zone !== season.zone && season.phases.some(({ opensAt }) => opensAt <= at))
    faults.push(fault("zone-fixed", "/zone", "Days of it have begun, by which it is stated and credited."));
  for (const [index, { id, opensAt, closesAt }] of season.phases.entries()) {
    if (opensAt > at) continue;
    const after = plan.phases[index];
    const isKept = after?.id === id && after.opensAt === opensAt && (after.closesAt === closesAt || (extended === id && closesAt > at));
    if (!isKept)
      faults.push(fault("window-begun", `/phases/${index}`, `${id} has begun: its window moves only by an early close or an extension.`));
  }
  for (const [index, { opensAt }] of plan.phases.entries())
    if (opensAt <= at && (season.phases[index]?.opensAt ?? Number.POSITIVE_INFINITY) > at)
      faults.push(fault("opening-past", `/phases/${index}/opensAt`, "A window has to open later than its plan is made."));
  return faults;
}

function clashes(plan: Plan, others: readonly Season[]): Reason[] {
  const clash = others.find(
    (other) => other.id !== plan.id && isTakingPlace(other) && sharesSurface(plan, other) && windowsMeet(plan, other),
  );
  return clash ? [fault("season-overlap", "/phases", `A phase meets a window of ${clash.id} on the same surface.`)] : [];
}

const isTakingPlace = ({ status }: Season) => status !== "draft" && status !== "cancelled";

const sharesSurface = (one: Plan, other: Plan) =>
  one.admissions.some(({ surface }) => other.admissions.some((theirs) => theirs.surface === surface));

const windowsMeet = (one: Plan, other: Plan) => one.phases.some((mine) => other.phases.some((theirs) => overlap(mine, theirs)));
