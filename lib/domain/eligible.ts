import type { Attestation } from "./application.ts";
import type { Grant } from "./grant.ts";
import type { NoAdReason } from "./no-ad.ts";
import { type Phase, phaseAt, type SeasonStatus, span } from "./season.ts";
import { GUARD_BAND_MS, type Instant } from "./window.ts";

/** What is known of one brand, on one surface, in one season. */
export interface Standing {
  readonly season: { readonly phases: readonly [Phase, ...Phase[]]; readonly status: SeasonStatus };
  readonly grant: Pick<Grant, "phases" | "expiresAt"> | undefined;
  readonly attestation: Pick<Attestation, "expiresAt"> | undefined;
}

export interface Eligibility {
  readonly eligible: boolean;
  readonly reasons: readonly NoAdReason[];
}

/**
 * The only place where permission is decided: a window is open, and both keys are current, at `at`.
 * The recorded season status opens and closes nothing (reliability.md P1, P7) — only a draft, which nobody has
 * published, stays shut.
 */
export function eligible({ season, grant, attestation }: Standing, at: Instant): Eligibility {
  const reasons: NoAdReason[] = [];
  const phase = season.status === "draft" ? undefined : phaseAt(season.phases, at);
  if (!phase) reasons.push(at >= span(season).closesAt - GUARD_BAND_MS ? "season-closed" : "phase-not-open");
  if (!grant || (phase && !grant.phases.includes(phase.id))) reasons.push("brand-not-whitelisted");
  else if (!current(grant.expiresAt, at)) reasons.push("grant-expired");
  if (!attestation || !current(attestation.expiresAt, at)) reasons.push("attestation-missing");
  return { eligible: reasons.length === 0, reasons };
}

/** A key ends the guard band early, for the same reason a window does. */
const current = (expiresAt: Instant, at: Instant) => at < expiresAt - GUARD_BAND_MS;
