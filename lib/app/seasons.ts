import { Refusal } from "../domain/refusal.ts";
import type { Season, SeasonPlan } from "../domain/season.ts";
import { draft, schedule } from "../domain/season-planning.ts";
import { committing, seasonConcern } from "./commitment.ts";
import type { Call } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";

interface Deps {
  readonly seasons: SeasonStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

/** An operator plans a season on their host's surfaces; it stays a draft until published. @throws Refusal `bad-timeline`, `not-found`, `season-exists`. */
export const planSeason = (deps: Deps) => async (call: Call<unknown, unknown, Omit<SeasonPlan, "host">>) => {
  const { body: plan, user } = call;
  if (!deps.catalogue.marketplace(plan.marketplace)) throw new Refusal("not-found");
  for (const { surface } of plan.admissions) if (deps.catalogue.surface(surface)?.host !== user.tenant) throw new Refusal("not-found");
  const season = draft({ ...plan, host: user.tenant });
  const { id, version, status } = season;
  const change = {
    at: deps.now(),
    action: "season:plan",
    subject: `season/${id}`,
    concern: seasonConcern(season),
    version,
    before: null,
    after: status,
  };
  await deps.seasons.create(season, committing(deps, call, change, season));
  return season;
};

/** The second step: the operator publishes the version they have read. @throws Refusal `season-version-outdated`, `season-not-draft`, `bad-timeline`. */
export const publishSeason = (deps: Deps) => async (call: Call<{ season: string }, unknown, { version: number }>) => {
  const { params, body, user } = call;
  const roster = await deps.seasons.roster();
  const all = await deps.seasons.all();
  const planned = all.find(({ id, host }) => id === params.season && host === user.tenant);
  if (!planned) throw new Refusal("not-found");
  const season = schedule(planned, body.version, all.filter(isPublished));
  const { id, version, status } = season;
  const change = {
    at: deps.now(),
    action: "season:publish",
    subject: `season/${id}`,
    concern: seasonConcern(season),
    version,
    before: planned.status,
    after: status,
  };
  await deps.seasons.publish(season, committing(deps, call, change, season), roster);
  return season;
};

/** One season. A draft is its planners' own. @throws Refusal `not-found`. */
export const readSeason =
  ({ seasons }: Pick<Deps, "seasons">) =>
  async ({ params, user }: Call<{ season: string }>) => {
    const season = await seasons.get(params.season);
    if (!season || !maySee(user, season)) throw new Refusal("not-found");
    return season;
  };

/** All published seasons; to an operator or auditor their drafts too. */
export const listSeasons =
  ({ seasons }: Pick<Deps, "seasons">) =>
  async ({ user }: Call) => ({ seasons: (await seasons.all()).filter((season) => maySee(user, season)) });

const isPublished = ({ status }: Season) => status !== "draft";

const maySee = ({ role, tenant }: Call["user"], season: Season) =>
  isPublished(season) || role === "auditor" || (role === "operator" && season.host === tenant);
