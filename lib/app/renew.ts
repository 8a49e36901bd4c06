import { type Reason, Refusal } from "../domain/refusal.ts";
import { lastApproved, renew } from "../domain/renewal.ts";
import { flagsOf, publishedSeason, transition } from "./applications.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly seasons: SeasonStore;
  readonly now: Now;
  readonly newId: NewId;
}

/**
 * The brand applies to a later season with what was approved for an earlier one: a draft, and what the machine says of it
 * under the new season's rules, such as a document that runs out. Once submitted, the reviewer is shown what differs from
 * what was approved, and nothing when nothing does. @throws Refusal `not-found`, `wrong-state`, `already-applied`, `not-admissible`.
 */
export const renewApplication = (deps: Deps) => async (call: Call<{ application: string }, unknown, { readonly season: string }>) => {
  const earlier = within(call.user, await deps.applications.get(call.params.application));
  const season = await publishedSeason(deps, call.body.season);
  const approved = within(call.user, await deps.applications.revision(earlier.id, lastApproved(earlier)));
  const at = deps.now();
  const application = renew(approved, season, { id: deps.newId("app"), by: call.user.sub, at });
  const faults: readonly Reason[] = await flagsOf(deps, application, season, at).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "not-admissible") return error.reasons;
    throw error;
  });
  const reply = { application, faults: faults.map(({ code, field, detail }) => ({ code, field, detail })) };
  await deps.applications.begin(application, transition(deps, call, "renew", undefined, application, `of ${earlier.id}`, reply));
  return reply;
};
