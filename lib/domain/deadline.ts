import type { Application } from "./application.ts";
import { type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

/** How near the last safe decision time is that people are warned. Milliseconds: two days. */
const SOON_MS = 2 * 24 * 60 * 60 * 1000;

/** The last instant at which a decision still reaches every part of the host, and leaves the brand time to put things right, before the opening. */
export const lastSafeDecisionAt = (season: Season): Instant => span(season).opensAt - season.propagationMs - season.reworkMs;

export type Warning = "soon" | "too-late-for-rework" | "too-late";

/** What a reviewer has to be told of the time that is left; null while there is plenty. */
export function warningAt(season: Season, now: Instant): Warning | null {
  const lastSafe = lastSafeDecisionAt(season);
  if (now > lastSafe + season.reworkMs) return "too-late";
  if (now > lastSafe) return "too-late-for-rework";
  return now > lastSafe - SOON_MS ? "soon" : null;
}

/** Who has to act next on an application, on what, and by when. Null when nobody has to. */
export interface NextStep {
  readonly who: "brand" | "attester" | "reviewer";
  readonly what: "submit" | "attest" | "review" | "put-right" | "prepare-cards";
  readonly by: Instant;
}

/** The step an applicant is waiting for, or has to take. */
export function nextStep({ state, attestedAt }: Application, season: Season): NextStep | null {
  switch (state) {
    case "draft":
      return { who: "brand", what: "submit", by: season.instants.applicationsClose };
    case "changes-requested":
      return { who: "brand", what: "put-right", by: season.instants.applicationsClose };
    case "pending":
      return {
        ...(attestedAt === null ? ({ who: "attester", what: "attest" } as const) : ({ who: "reviewer", what: "review" } as const)),
        by: lastSafeDecisionAt(season),
      };
    case "approved":
      return { who: "brand", what: "prepare-cards", by: span(season).opensAt };
    case "denied":
    case "withdrawn":
      return null;
  }
}
