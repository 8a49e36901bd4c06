import type { Grant } from "./grant.ts";
import type { Key } from "./key.ts";
import { isStopped, type LiveSwitch, type Place } from "./kill-switch.ts";
import type { NoAdReason } from "./no-ad.ts";
import { type Phase, phaseAt, type SeasonStatus, span } from "./season.ts";
import { GUARD_BAND_MS, type Instant } from "./window.ts";

/** `withheld`: taken away since it was published (`key-mark.ts`). */
type Turnable = Pick<Key, "state" | "expiresAt"> & { readonly withheld?: true };

/** What is known of one brand, on one surface, in one season. */
export interface Standing {
  /** What the answer is about, and the switches that are thrown. */
  readonly place: Required<Pick<Place, "host" | "surface" | "season" | "brand">>;
  readonly switches: readonly LiveSwitch[];
  readonly season: { readonly phases: readonly [Phase, ...Phase[]]; readonly status: SeasonStatus };
  readonly grants: readonly (Turnable & Pick<Grant, "phases">)[];
  readonly attestation: Turnable | null;
}

export interface Eligibility {
  readonly eligible: boolean;
  readonly reasons: readonly NoAdReason[];
}

/**
 * The only place where permission is decided: a window is open, both keys are current and no switch is thrown, at `at`.
 * The recorded season status opens and closes nothing (reliability.md P1, P7) — only a draft, which nobody has
 * published, and what was cancelled stay shut.
 */
export function eligible({ place, switches, season, grants, attestation }: Standing, at: Instant): Eligibility {
  const reasons: NoAdReason[] = [];
  const phase = season.status === "draft" || season.status === "cancelled" ? undefined : phaseAt(season.phases, at);
  if (!phase) reasons.push(at >= span(season).closesAt - GUARD_BAND_MS ? "season-closed" : "phase-not-open");
  const named = grants.filter(({ phases }) => !phase || phases.includes(phase.id));
  if (named.length === 0) reasons.push("brand-not-whitelisted");
  else if (!named.some((grant) => isCurrent(grant, at))) reasons.push("grant-expired");
  if (!attestation || !isCurrent(attestation, at)) reasons.push("attestation-missing");
  if (isStopped(switches, { ...place, phase: phase?.id })) reasons.push("kill-switch");
  return { eligible: reasons.length === 0, reasons };
}

/** Neither suspended, revoked, withheld nor ended; a key ends the guard band early, for the same reason a window does. */
export const isCurrent = ({ state, expiresAt, withheld }: Turnable, at: Instant): boolean =>
  state === "current" && !withheld && at < expiresAt - GUARD_BAND_MS;
