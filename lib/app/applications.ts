import { admit, stillOpen } from "../domain/admission.ts";
import {
  type Application,
  type ApplicationForm,
  amend,
  appeal,
  begin,
  edit,
  isMaterial,
  submit,
  submittable,
  withdraw,
} from "../domain/application.ts";
import { concernOf, type Effect } from "../domain/audit.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Season, wasPublished } from "../domain/season.ts";
import { committing } from "./commitment.ts";
import { lapsed, stands } from "./keys.ts";
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

type One = { application: string };

/** A brand's application: kept as a draft, or submitted at once. @throws Refusal `not-admissible`, `season-not-open-to-applications`, `already-applied`. */
export const openApplication = (deps: Deps) => async (call: Call<unknown, unknown, ApplicationForm & { readonly submit: boolean }>) => {
  const { submit: atOnce, ...form } = call.body;
  const act = { by: call.user.sub, at: deps.now() };
  const season = await publishedSeason(deps, form.season);
  const drafted = begin({ ...act, id: deps.newId("app"), brand: call.user.tenant, form, season });
  const application = atOnce ? { ...submit(drafted, await flagsOf(deps, drafted, season, act.at), act), version: 1 } : drafted;
  await deps.applications.begin(application, transition(deps, call, atOnce ? "submit" : "draft", undefined, application));
  return application;
};

/**
 * The brand changes its application: a draft freely; an approved one goes back to the people when the change is material.
 * @throws Refusal `wrong-state`, and of a material change `not-admissible`, `season-not-open-to-applications`.
 */
export const editApplication = (deps: Deps) => async (call: Call<One, unknown, ApplicationForm>) => {
  const before = within(call.user, await deps.applications.get(call.params.application));
  const act = { by: call.user.sub, at: deps.now() };
  if (before.state !== "approved") {
    const after = edit(before, call.body, act);
    await deps.applications.save(after, transition(deps, call, "edit", before, after));
    return after;
  }
  const season = await publishedSeason(deps, before.season);
  const flags = isMaterial(before, call.body) ? await flagsOf(deps, { ...before, ...call.body }, season, act.at) : before.flags;
  const after = amend(before, call.body, flags, act);
  if (after.state === "approved") await deps.applications.save(after, transition(deps, call, "change-contacts", before, after));
  else {
    const { keys, effects } = await lapsed(deps, before, NO_LONGER_SO);
    await deps.applications.submit(after, keys, transition(deps, call, "amend", before, after, null, after, effects));
  }
  return after;
};

const NO_LONGER_SO = "The application was changed, and what the keys vouched for is no longer so.";

/** A draft, or what was sent back, goes to the people; what the marketplace vouched for and is no longer so lapses. @throws Refusal `wrong-state`, `not-admissible`, `season-not-open-to-applications`. */
export const submitApplication = (deps: Deps) => async (call: Call<One>) => {
  const before = within(call.user, await deps.applications.get(call.params.application));
  // Somebody who submits it twice is to learn that, and not that a document is missing.
  submittable(before);
  const at = deps.now();
  const season = await publishedSeason(deps, before.season);
  const flags = await flagsOf(deps, before, season, at);
  const after = submit(before, flags, { by: call.user.sub, at }, await vouchedFor(deps, before));
  const { keys, effects } = after.attestedAt === null ? await lapsed(deps, before, NO_LONGER_SO) : NO_LAPSE;
  await deps.applications.submit(after, keys, transition(deps, call, "submit", before, after, null, after, effects));
  return after;
};

const NO_LAPSE = { keys: { attestation: undefined, grants: [] }, effects: [] };

/** What the marketplace vouches for, if it does: the application as it was submitted then. */
async function vouchedFor({ applications }: Pick<Deps, "applications">, { id }: Application) {
  const attestation = await applications.attestation(id);
  return attestation && stands(attestation) ? applications.revision(id, attestation.revision) : undefined;
}

/** The brand asks again after a denial, once, in its own words, while the season lasts. @throws Refusal `wrong-state`, `already-appealed`, `season-not-open-to-applications`. */
export const appealApplication = (deps: Deps) => async (call: Call<One, unknown, { readonly words: string }>) => {
  const before = within(call.user, await deps.applications.get(call.params.application));
  const at = deps.now();
  const after = appeal(before, call.body.words, { by: call.user.sub, at });
  stillOpen(await publishedSeason(deps, before.season), at);
  await deps.applications.save(after, transition(deps, call, "appeal", before, after, call.body.words));
  return after;
};

/** The brand takes it back; what keys it had are revoked, and it may apply anew. @throws Refusal `wrong-state`. */
export const withdrawApplication = (deps: Deps) => async (call: Call<One>) => {
  const before = within(call.user, await deps.applications.get(call.params.application));
  const after = withdraw(before, { by: call.user.sub, at: deps.now() });
  const { keys, effects } = await lapsed(deps, before, "The application was withdrawn.");
  await deps.applications.withdraw(after, keys, transition(deps, call, "withdraw", before, after, null, after, effects));
  return after;
};

/** The season, unless it is a draft, which nobody outside knows of. @throws Refusal `not-admissible`. */
export async function publishedSeason({ seasons }: Deps, id: string): Promise<Season> {
  const season = await seasons.get(id);
  if (season && wasPublished(season)) return season;
  throw new Refusal("not-admissible", [{ code: "season-unknown", field: "/season", detail: "No such season takes applications." }]);
}

/** What the machine notices about an application at an instant. @throws Refusal `not-admissible`, `season-not-open-to-applications`. */
export async function flagsOf({ applications }: Deps, application: Application, season: Season, at: number) {
  const { brand, names, surfaces } = application;
  const held = new Set((await applications.grants(application)).filter(({ state }) => state !== "revoked").map(({ surface }) => surface));
  const full = await Promise.all(
    season.admissions.map(async ({ surface, capacity }) =>
      capacity !== null &&
      surfaces.includes(surface) &&
      !held.has(surface) &&
      (await applications.placesTaken(surface, season.id)) >= capacity
        ? [surface]
        : [],
    ),
  );
  const looksLike = await applications.looksLike(season.id, brand, names);
  return admit(application, season, { at, isFirst: application.revision === 0, looksLike, fullSurfaces: full.flat() });
}

/** What a change of an application is saved with. */
export const transition = (
  deps: Pick<Deps, "newId" | "now">,
  call: Call,
  verb: string,
  before: Application | undefined,
  after: Application,
  why: string | null = null,
  reply: unknown = after,
  effects: readonly Effect[] = [],
) =>
  committing(
    deps,
    call,
    {
      at: deps.now(),
      action: `application:${verb}`,
      subject: `application/${after.id}`,
      concern: concernOf(after),
      effects,
      version: after.version,
      before: before?.state ?? null,
      after: after.state,
      why,
    },
    reply,
  );
