import { Refusal } from "./refusal.ts";
import { type Phase, type Season, span } from "./season.ts";
import { fault, type ReasonedAct, refuse, refuseOver, remembering, stepped, withPhases } from "./season-act.ts";
import type { Instant } from "./window.ts";

/**
 * The season with everything shut from `closesAt` on: the phase that is open then ends, later ones are dropped and remembered.
 * It takes one operator, since shutting is the safe direction. What was proposed was for another timeline, and is dropped.
 * @throws Refusal `wrong-state` when it has not begun, or is over; `season-version-outdated`; `bad-timeline`.
 */
export function closeEarly(season: Season, closesAt: Instant, { by, at, version, reason }: ReasonedAct): Season {
  const after = stepped(season, "close-early", version);
  if (at < span(season).opensAt)
    throw new Refusal("wrong-state", [fault("season-not-begun", "", "What has not begun is cancelled, not closed.")]);
  refuseOver(season, at);
  if (closesAt < at) refuse([fault("closing-past", "/closesAt", "A season cannot have closed before it is said.")]);
  if (closesAt >= span(season).closesAt) refuse([fault("closing-not-earlier", "/closesAt", "It closes no later as it is.")]);
  const kept = season.phases.filter(({ opensAt }, index) => index === 0 || opensAt < closesAt);
  const phases = kept.map((phase) => ({ ...phase, closesAt: Math.min(phase.closesAt, closesAt) })) as [Phase, ...Phase[]];
  return {
    ...after,
    ...withPhases(season, phases),
    dossier: { ...remembering(season, { change: "closure", by, reason, until: at }), proposal: null },
  };
}

/** A season that will not be. @throws Refusal `wrong-state`, also when it has begun; `season-version-outdated`. */
export function cancel(season: Season, { at, version }: ReasonedAct): Season {
  const after = stepped(season, "cancel", version);
  if (season.status !== "draft" && at >= span(season).opensAt)
    throw new Refusal("wrong-state", [fault("season-begun", "", "What has begun is closed early, not cancelled.")]);
  return { ...after, dossier: { ...season.dossier, proposal: null } };
}
