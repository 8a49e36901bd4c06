import { stillOpen, takesApplications } from "../domain/admission.ts";
import { type Application, type ApplicationForm, approve, refuse, type Waiver } from "../domain/application.ts";
import { vouching } from "../domain/attestation.ts";
import { reaches } from "../domain/authorisation.ts";
import { lastSafeDecisionAt, nextStep, waitsFor, warningAt } from "../domain/deadline.ts";
import { changesBetween } from "../domain/difference.ts";
import { type GrantTerms, grantsOf, standing } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Feedback } from "../domain/review.ts";
import type { Season } from "../domain/season.ts";
import { transition } from "./applications.ts";
import { keyEffect } from "./keys.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { shown } from "./reach.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly seasons: SeasonStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

export type ApplicationReview =
  | {
      readonly decision: "approve";
      readonly grants: readonly GrantTerms[];
      readonly waivers: readonly Waiver[];
    }
  | { readonly decision: "deny" | "request-changes"; readonly feedback: readonly Feedback[] };

/**
 * The host decides. An approval and the grants it gives are one write.
 * @throws Refusal `not-found`, `wrong-state`, `self-review`, `not-attested`, `flag-not-waived`, `too-many-rulings`, `not-admissible`,
 * `season-not-open-to-applications`, `trial-full`.
 */
export const reviewApplication = (deps: Deps) => async (call: Call<{ application: string }, unknown, ApplicationReview>) => {
  const { body: review, user } = call;
  const before = shown(user, await deps.applications.get(call.params.application));
  const act = { by: user.sub, at: deps.now() };

  if (review.decision !== "approve") {
    const application = refuse(before, review.decision, review.feedback, act);
    const reply = { application, grants: [] };
    const why = review.feedback.map(({ code }) => code).join(" ");
    await deps.applications.save(application, transition(deps, call, review.decision, before, application, why, reply));
    return reply;
  }

  const attestation = await deps.applications.attestation(before.id);
  const application = approve(before, { attestation, waivers: review.waivers }, act);
  const season = await deps.seasons.get(before.season);
  if (!season) throw new Refusal("not-found");
  stillOpen(season, act.at);
  const templates = Object.fromEntries(deps.catalogue.surfaces.map((surface) => [surface.id, surface.templates.map(({ id }) => id)]));
  const grants = grantsOf(application, review.grants, { season, templates }, { ...act, newId: () => deps.newId("grt") });
  const capacities = season.admissions
    .filter(({ surface }) => grants.some((grant) => grant.surface === surface))
    .map(({ surface, capacity }) => ({ surface, season: season.id, places: isFullWaived(before, surface) ? null : capacity }));
  const reply = { application, grants };
  const why = review.waivers.map(({ code, reason }) => `${code}: ${reason}`).join("; ") || null;
  const effects = grants.map((grant) => keyEffect("give", undefined, grant));
  const commitment = transition(deps, call, "approve", before, application, why, reply, effects);
  await deps.applications.approve(application, vouching(attestation, act.at), grants, capacities, commitment);
  return reply;
};

/** Approval waives every flag there is; that the trial is full is flagged of each surface for itself. */
const isFullWaived = ({ flags, surfaces }: Application, surface: string) =>
  flags.some(({ code, field }) => code === "trial-full" && field === `/surfaces/${surfaces.indexOf(surface)}`);

/** One application, where it stands, and what comes next. @throws Refusal `not-found`. */
export const readApplication =
  (deps: Pick<Deps, "applications" | "seasons" | "now">) =>
  async ({ params, user }: Call<{ application: string }>) => {
    const application = shown(user, await deps.applications.get(params.application));
    const season = await deps.seasons.get(application.season);
    if (!season) throw new Refusal("not-found");
    const [attestation = null, given] = await Promise.all([
      deps.applications.attestation(application.id),
      deps.applications.grants(application),
    ]);
    const grants = given.map((grant) => standing(grant, season));
    return { application, attestation, grants, next: nextStep(application, { attestation, grants }, season, deps.now()) };
  };

/** A brand's own applications to a season, or for those who decide, all but the drafts. */
export const listApplications =
  ({ applications }: Pick<Deps, "applications">) =>
  async ({ query, user }: Call<unknown, { season: string }>) => {
    const found = user.role === "brand" ? await applications.ofBrand(user.tenant) : await applications.ofSeason(query.season);
    const visible = (each: Application) =>
      each.season === query.season && reaches(user, each) && (user.role === "brand" || each.revision > 0);
    return { applications: found.filter(visible) };
  };

/**
 * What waits for people, the least time left first: all of a season share the last safe decision time, so within it the
 * oldest submission. Each with whom it waits for, and what has changed since it was last ruled on. The marketplace is shown what
 * waits for its word; the host all, since what waits for the marketplace will be its turn.
 */
export const reviewQueue =
  (deps: Pick<Deps, "applications" | "seasons" | "now">) =>
  async ({ user }: Call) => {
    const now = deps.now();
    const open = (await deps.seasons.all()).filter((season) => takesApplications(season, now));
    const bySeason = open.toSorted((one, other) => lastSafeDecisionAt(one) - lastSafeDecisionAt(other));
    const items = await Promise.all(bySeason.map((season) => waiting(deps, season, user, now)));
    return { items: items.flat() };
  };

async function waiting({ applications }: Pick<Deps, "applications">, season: Season, user: Call["user"], now: number) {
  const pending = (await applications.ofSeason(season.id, "pending")).filter((each) => reaches(user, each));
  const items = await Promise.all(
    pending.map(async (application) => {
      const attestation = (await applications.attestation(application.id)) ?? null;
      return {
        application,
        waitingFor: waitsFor(attestation, now).who,
        next: nextStep(application, { attestation, grants: [] }, season, now),
        warning: warningAt(season, now),
        changes: changesBetween(await lastRuledOn(applications, application), application),
      };
    }),
  );
  return items.filter(({ waitingFor }) => user.role !== "attester" || waitingFor === "attester");
}

/** What the host decided on last: of a renewal that it has not ruled on yet, the approval it was begun from. */
const lastRuledOn = async (applications: ApplicationStore, { id, rulings, renews }: Application): Promise<ApplicationForm | undefined> => {
  const last = rulings.at(-1);
  if (last) return applications.revision(id, last.revision);
  return renews && applications.revision(renews.application, renews.revision);
};
