import type { User } from "../domain/authorisation.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Season, type SeasonPlan, wasPublished } from "../domain/season.ts";
import { type Act, fault } from "../domain/season-act.ts";
import { copyOf, planChanges, type Recurrence } from "../domain/season-copy.ts";
import { cancel, closeEarly } from "../domain/season-ending.ts";
import { draft, edit, extend, propose, publish, withdrawProposal } from "../domain/season-planning.ts";
import { isOfZone, offsetAt, type TypedInstant } from "../domain/zone.ts";
import type { Call } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { committingStep, ownSeason } from "./season-change.ts";

interface Deps {
  readonly seasons: SeasonStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

/** A season as it is told: its dossier to its host's operators and to auditors alone. */
type Told = Omit<Season, "dossier"> & Partial<Pick<Season, "dossier">>;
type One = { season: string };
type Versioned = { readonly version: number };
type Reasoned = Versioned & { readonly reason: string };

/** An operator plans a season on their host's surfaces; it stays a draft until published. @throws Refusal `bad-timeline`, `not-found`, `season-exists`. */
export const planSeason = (deps: Deps) => async (call: Call<unknown, unknown, Omit<SeasonPlan, "host">>) => {
  const at = deps.now();
  const plan = { ...call.body, host: call.user.tenant };
  refuseForeign(deps, plan);
  const season = draft(plan, call.user.sub);
  await deps.seasons.create(season, committingStep(deps, call, { verb: "plan", at, before: null, after: season }));
  return season;
};

/**
 * The next season of a kind: the same plan from another day on, as a draft, and what differs. What became of the original, an
 * early close for one, is part of what is copied. @throws Refusal `not-found`, `season-exists`, `bad-timeline`.
 */
export const copySeason = (deps: Deps) => async (call: Call<One, unknown, Recurrence>) => {
  const original = await ownSeason(deps.seasons, call);
  const at = deps.now();
  const season = draft(copyOf(original, call.body), call.user.sub);
  const reply = { season, differences: planChanges(original, season) };
  const step = { verb: "plan", at, before: null, after: season, why: `copied from ${original.id}` };
  await deps.seasons.create(season, committingStep(deps, call, step, reply));
  return reply;
};

/**
 * Another plan: at once for a draft; for a published season a proposal, with a reason.
 * @throws Refusal `not-found`, `reason-missing`, `wrong-state`, `season-version-outdated`, `bad-timeline`.
 */
export const replanSeason =
  (deps: Deps) =>
  async (call: Call<One, unknown, Omit<SeasonPlan, "host" | "id"> & Versioned & { readonly reason?: string | undefined }>) => {
    const { version, reason, ...body } = call.body;
    const before = await ownSeason(deps.seasons, call);
    const plan = { ...body, id: before.id, host: before.host };
    refuseForeign(deps, plan);
    if (before.status === "draft") return saved(deps, call, "edit", (act) => edit(before, plan, act), before);
    if (reason === undefined) throw new Refusal("reason-missing");
    return saved(deps, call, "propose", (act) => propose(before, plan, { ...act, reason }), before, reason);
  };

/** A later closing for a phase, as a proposal. @throws Refusal `not-found`, `wrong-state`, `season-version-outdated`, `bad-timeline`. */
export const extendSeason =
  (deps: Deps) => async (call: Call<One, unknown, Reasoned & { readonly phase: string; readonly closesAt: TypedInstant }>) => {
    const { phase, reason, closesAt: typed } = call.body;
    const before = await ownSeason(deps.seasons, call);
    const closesAt = ofZone(before, typed, "/closesAt");
    return saved(deps, call, "propose-extension", (act) => extend(before, { phase, closesAt }, { ...act, reason }), before, reason);
  };

/** What is proposed is taken back. @throws Refusal `not-found`, `wrong-state`, `season-version-outdated`, `nothing-proposed`. */
export const withdrawSeasonProposal = (deps: Deps) => async (call: Call<One, unknown, Versioned>) => {
  const before = await ownSeason(deps.seasons, call);
  return saved(deps, call, "withdraw-proposal", (act) => withdrawProposal(before, act), before);
};

/**
 * The second step: the operator publishes the version they have read, a draft or what is proposed for a published season.
 * @throws Refusal as `publish` says, `not-found`, `changed-meanwhile` when another season was published at the same time.
 */
export const publishSeason = (deps: Deps) => async (call: Call<One, unknown, Versioned>) => {
  const { version } = call.body;
  const at = deps.now();
  // Before the seasons: whoever publishes after they are read makes this number old.
  const roster = await deps.seasons.roster();
  const all = await deps.seasons.all();
  const before = all.find(({ id, host }) => id === call.params.season && host === call.user.tenant);
  if (!before) throw new Refusal("not-found");
  const after = publish(before, { by: call.user.sub, at, version }, all);
  const why = before.dossier.proposal?.reason ?? null;
  const verb = before.status === "draft" ? "publish" : "publish-proposal";
  await deps.seasons.publish(after, committingStep(deps, call, { verb, at, before, after, why }), roster);
  return after;
};

/** Everything shut, at once or at the instant given. @throws Refusal `not-found`, `wrong-state`, `season-version-outdated`, `bad-timeline`. */
export const closeSeasonEarly =
  (deps: Deps) => async (call: Call<One, unknown, Reasoned & { readonly closesAt?: TypedInstant | undefined }>) => {
    const { reason, closesAt: typed } = call.body;
    const before = await ownSeason(deps.seasons, call);
    const closesAt = typed && ofZone(before, typed, "/closesAt");
    return saved(deps, call, "close-early", (act) => closeEarly(before, closesAt ?? act.at, { ...act, reason }), before, reason);
  };

/** It will not be. @throws Refusal `not-found`, `wrong-state`, `season-version-outdated`. */
export const cancelSeason = (deps: Deps) => async (call: Call<One, unknown, Reasoned>) => {
  const { reason } = call.body;
  const before = await ownSeason(deps.seasons, call);
  return saved(deps, call, "cancel", (act) => cancel(before, { ...act, reason }), before, reason);
};

/** One season. A draft is its planners' own. @throws Refusal `not-found`. */
export const readSeason =
  ({ seasons }: Pick<Deps, "seasons">) =>
  async ({ params, user }: Call<One>): Promise<Told> => {
    const [season] = told(user, await seasons.get(params.season));
    if (!season) throw new Refusal("not-found");
    return season;
  };

/** All published seasons; to an operator or auditor their drafts too. */
export const listSeasons =
  ({ seasons }: Pick<Deps, "seasons">) =>
  async ({ user }: Call) => ({ seasons: (await seasons.all()).flatMap((season) => told(user, season)) });

/** As much of it as the user may see: all, all but its dossier, or nothing. */
function told({ role, tenant }: User, season: Season | undefined): Told[] {
  if (!season) return [];
  if (role === "auditor" || (role === "operator" && season.host === tenant)) return [season];
  const { dossier: _dossier, ...rest } = season;
  return wasPublished(season) ? [rest] : [];
}

/** @throws Refusal `not-found` for a marketplace that is not, and for a surface that is not the host's. */
function refuseForeign({ catalogue }: Deps, { marketplace, admissions, host }: SeasonPlan): void {
  if (!catalogue.marketplace(marketplace)) throw new Refusal("not-found");
  for (const { surface } of admissions) if (catalogue.surface(surface)?.host !== host) throw new Refusal("not-found");
}

/** @throws Refusal `bad-timeline` when it was typed with an offset that the season's zone does not have then. */
function ofZone({ zone }: Season, typed: TypedInstant, field: string) {
  if (isOfZone(zone, typed)) return typed.at;
  const detail = `${zone} is at ${offsetAt(zone, typed.at)} then, not at ${typed.offset}.`;
  throw new Refusal("bad-timeline", [fault("offset-not-of-zone", field, detail)]);
}

async function saved(
  deps: Deps,
  call: Call<One, unknown, Versioned>,
  verb: string,
  rule: (act: Act) => Season,
  before: Season,
  why: string | null = null,
): Promise<Season> {
  const at = deps.now();
  const after = rule({ by: call.user.sub, at, version: call.body.version });
  await deps.seasons.save(after, committingStep(deps, call, { verb, at, before, after, why }));
  return after;
}
