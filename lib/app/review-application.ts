import { approve } from "../domain/application.ts";
import { type GrantTerms, grant } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import { decided, type Feedback } from "../domain/review.ts";
import { audited } from "./audit.ts";
import type { ApplicationStore, Call, Catalogue, NewId, Now, SeasonStore } from "./ports.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly seasons: SeasonStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

export type ApplicationReview =
  | ({ readonly decision: "approve" } & GrantTerms)
  | { readonly decision: "deny"; readonly feedback: readonly Feedback[] };

/**
 * Key two: the host decides. An approval and the grant it gives are one write.
 * @throws Refusal `not-found`, `already-decided`, `self-review`, `not-attested`, `not-admissible`.
 */
export const reviewApplication = (deps: Deps) => async (call: Call<{ application: string }, unknown, ApplicationReview>) => {
  const { params, body: review, user } = call;
  const pending = within(user, await deps.applications.get(params.application));
  const act = { by: user.sub, at: deps.now() };
  const eventOf = (version: number, after: string, why: string | null) =>
    audited(deps, call, {
      at: act.at,
      action: "application:review",
      subject: `application/${pending.id}`,
      version,
      before: pending.status,
      after,
      why,
    });

  if (review.decision === "deny") {
    const application = decided(pending, "denied", act, review.feedback);
    await deps.applications.deny(
      application,
      eventOf(application.version, application.status, review.feedback.map(({ code }) => code).join(" ")),
    );
    return { application, grant: null };
  }

  const application = approve(pending, act);
  const season = await deps.seasons.get(pending.season);
  const surface = deps.catalogue.surface(pending.surface);
  if (!season || !surface) throw new Refusal("not-found");
  const templates = surface.templates.map(({ id }) => id);
  const granted = grant(application, season, review, { ...act, id: deps.newId("grt"), templates });
  await deps.applications.approve(application, granted, eventOf(application.version, application.status, null));
  return { application, grant: granted };
};
