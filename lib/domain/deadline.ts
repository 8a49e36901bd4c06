import { DEADLINE_PASSED, mayBeWaived, takesApplications } from "./admission.ts";
import type { Application } from "./application.ts";
import type { Attestation } from "./attestation.ts";
import { isCurrent } from "./eligible.ts";
import type { Grant } from "./grant.ts";
import { type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

/** How near the last safe decision time is that people are warned. Milliseconds: two days. */
const SOON_MS = 2 * 24 * 60 * 60 * 1000;

/** The last instant at which a decision still reaches every part of the host, and leaves the brand time to put things right, before the opening. */
export const lastSafeDecisionAt = (season: Season): Instant => lastDecisionAt(season) - season.reworkMs;

/** The last instant at which a decision still reaches every part of the host before the opening. */
const lastDecisionAt = (season: Season): Instant => span(season).opensAt - season.propagationMs;

/** The last instant at which a decision still reaches every part of the host before the season is over. */
const lastUsefulDecisionAt = (season: Season): Instant => span(season).closesAt - season.propagationMs;

export type Warning = "soon" | "too-late-for-rework" | "too-late";

/** What a reviewer has to be told of the time that is left; null while there is plenty. */
export function warningAt(season: Season, now: Instant): Warning | null {
  const lastSafe = lastSafeDecisionAt(season);
  if (now > lastDecisionAt(season)) return "too-late";
  if (now > lastSafe) return "too-late-for-rework";
  return now > lastSafe - SOON_MS ? "soon" : null;
}

/** Who has to act next on an application, on what, and by when. Null when nobody has to, or can. */
export interface NextStep {
  readonly who: "brand" | "attester" | "reviewer";
  readonly what: "submit" | "attest" | "review" | "put-right" | "appeal" | "prepare-cards" | "reinstate-or-revoke";
  readonly by: Instant;
}

/** What an application has to show beside itself. */
export interface KeysInHand {
  readonly attestation: Attestation | null;
  readonly grants: readonly Grant[];
}

/**
 * The step an applicant is waiting for, or has to take. Who came too late for one instant has until the next that counts: with
 * time to put things right, before the opening, before the end. When the season is over or cancelled, nobody has a step.
 */
export function nextStep(application: Application, keys: KeysInHand, season: Season, at: Instant): NextStep | null {
  if (!takesApplications(season, at)) return null;
  switch (application.state) {
    case "draft":
      return firstSubmission(application, season, at);
    case "changes-requested":
      return { who: "brand", what: "put-right", by: ahead(ruledAt(application), [lastDecisionAt(season), lastUsefulDecisionAt(season)]) };
    case "pending":
      return { ...waitsFor(keys.attestation, at), by: decisionBy(season, application.submittedAt ?? at) };
    case "approved":
      return afterApproval(keys, season, at);
    case "denied":
      return application.appeal === null ? { who: "brand", what: "appeal", by: decisionBy(season, ruledAt(application)) } : null;
    case "withdrawn":
      return null;
  }
}

/** Whom a pending application waits for, and what they have to do: key one comes first, and has to be current when key two is given. */
export function waitsFor(
  attestation: Attestation | null,
  at: Instant,
): AttesterStep | { readonly who: "reviewer"; readonly what: "review" } {
  if (attestation && isCurrent(attestation, at)) return { who: "reviewer", what: "review" };
  return { who: "attester", what: attestation?.state === "suspended" ? "reinstate-or-revoke" : "attest" };
}

interface AttesterStep {
  readonly who: "attester";
  readonly what: "attest" | "reinstate-or-revoke";
}

/** Until the deadline; and after it where every surface says that it may be waived. */
function firstSubmission({ surfaces }: Application, season: Season, at: Instant): NextStep | null {
  const { applicationsClose: deadline } = season.instants;
  if (at >= deadline && !mayBeWaived(DEADLINE_PASSED, surfaces, season)) return null;
  return { who: "brand", what: "submit", by: at < deadline ? deadline : lastUsefulDecisionAt(season) };
}

/** Cards, while both keys are current. Where the host has taken all its grants back, nobody's turn is next. */
function afterApproval({ attestation, grants }: KeysInHand, season: Season, at: Instant): NextStep | null {
  const { opensAt, closesAt } = span(season);
  const by = ahead(at, [lastDecisionAt(season), lastUsefulDecisionAt(season)]);
  if (grants.every(({ state }) => state === "revoked")) return null;
  const first = waitsFor(attestation, at);
  if (first.who === "attester") return { ...first, by };
  if (!grants.some((grant) => isCurrent(grant, at))) return { who: "reviewer", what: "reinstate-or-revoke", by };
  return { who: "brand", what: "prepare-cards", by: ahead(at, [opensAt, closesAt]) };
}

const ruledAt = ({ rulings, createdAt }: Application): Instant => rulings.at(-1)?.at ?? createdAt;

const decisionBy = (season: Season, since: Instant): Instant =>
  ahead(since, [lastSafeDecisionAt(season), lastDecisionAt(season), lastUsefulDecisionAt(season)]);

/** The first of the instants, in order, that is not past at `since`; the last when all are. */
const ahead = (since: Instant, instants: readonly [Instant, ...Instant[]]): Instant =>
  instants.find((instant) => since <= instant) ?? instants.at(-1) ?? instants[0];
