import type { Concern } from "../domain/audit.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Season } from "../domain/season.ts";
import type { Instant } from "../domain/window.ts";
import { type Change, committing } from "./commitment.ts";
import type { Call } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { NewId } from "./ports/world.ts";

/** What became of a season, and why where somebody gave a reason. `before`: null for a new one. */
interface SeasonStep {
  readonly verb: string;
  readonly at: Instant;
  readonly before: Season | null;
  readonly after: Season;
  readonly why?: string | null;
}

/** The step as it is recorded. */
export const seasonChange = ({ verb, at, before, after, why = null }: SeasonStep): Change => ({
  at,
  action: `season:${verb}`,
  subject: `season/${after.id}`,
  concern: concernOf(after),
  version: after.version,
  before: before?.status ?? null,
  after: after.status,
  why,
});

/** What a caller's step is saved with; it is answered with the season, or with `reply`. */
export const committingStep = (deps: { newId: NewId }, call: Call, step: SeasonStep, reply: unknown = step.after) =>
  committing(deps, call, seasonChange(step), reply);

/** A season concerns its host and its marketplace. */
const concernOf = ({ id, host, marketplace, admissions }: Season): Concern => ({
  host,
  marketplace,
  brand: null,
  season: id,
  surfaces: admissions.map(({ surface }) => surface),
});

/** The season of the caller's own host. @throws Refusal `not-found`, the same for another host's. */
export async function ownSeason(seasons: Pick<SeasonStore, "get">, { params, user }: Call<{ season: string }>): Promise<Season> {
  const season = await seasons.get(params.season);
  if (season?.host !== user.tenant) throw new Refusal("not-found");
  return season;
}
