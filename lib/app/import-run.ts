import type { User } from "../domain/authorisation.ts";
import { beginImport, type Claims, type Import, importedKeyOf } from "../domain/import.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Season } from "../domain/season.ts";
import type { Ground } from "../domain/whitelist-row.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { ImportStore, RowIdentity } from "./ports/imports.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

export interface ImportDeps {
  readonly imports: ImportStore;
  readonly applications: Pick<ApplicationStore, "placesTaken">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly catalogue: Pick<Catalogue, "surface">;
  readonly rows: RowIdentity;
  readonly now: Now;
  readonly newId: NewId;
}

/** An import while rows are taken in: what they are judged against, and what those before have claimed. */
export interface Run {
  import: Import;
  readonly user: Pick<User, "sub" | "role" | "tenant">;
  readonly ground: Ground;
  readonly claims: Claims;
  readonly capacity: number | null;
}

/** What is asked for when an import begins. */
export interface ImportWish {
  readonly surface: string;
  readonly season: string;
  readonly dryRun: boolean;
}

/**
 * A new import of the key that the user may turn, not stored yet.
 * @throws Refusal `forbidden`, `not-found`, `season-not-open-to-applications`, `not-admissible`.
 */
export async function newImport(deps: ImportDeps, user: User, wish: ImportWish, inParts: boolean): Promise<Import> {
  const key = importedKeyOf(user.role);
  if (!key) throw new Refusal("forbidden");
  const season = await seasonFor(deps, wish.season);
  within(user, { brand: "", marketplace: season.marketplace, host: season.host });
  const { surface, dryRun } = wish;
  return beginImport({ id: deps.newId("imp"), key, surface, season, by: user.sub, at: deps.now(), dryRun, inParts });
}

/** `claimed`: by rows of the list that were taken in before. @throws Refusal `not-found`, `season-not-open-to-applications`. */
export async function openRun(deps: ImportDeps, into: Import, claimed: Omit<Claims, "places">): Promise<Run> {
  const season = await seasonFor(deps, into.season);
  if (season.status !== "scheduled" && season.status !== "open") throw new Refusal("season-not-open-to-applications");
  const capacity = season.admissions.find(({ surface }) => surface === into.surface)?.capacity ?? null;
  const templates = deps.catalogue.surface(into.surface)?.templates.map(({ id }) => id) ?? [];
  const isGrant = into.key === "grant";
  return {
    import: into,
    user: { sub: into.by, role: isGrant ? "reviewer" : "attester", tenant: isGrant ? into.host : into.marketplace },
    ground: { season, surface: into.surface, templates, at: into.begunAt },
    claims: { ...claimed, places: await placesLeft(deps, into, capacity) },
    capacity,
  };
}

/** Places that a row may still take; a dry run's own rows have taken none in truth. */
export async function placesLeft({ applications }: ImportDeps, into: Import, capacity: number | null): Promise<number> {
  if (capacity === null) return Number.POSITIVE_INFINITY;
  return capacity - (await applications.placesTaken(into.surface, into.season)) - (into.dryRun ? into.counts.added : 0);
}

async function seasonFor({ seasons }: Pick<ImportDeps, "seasons">, id: string): Promise<Season> {
  const season = await seasons.get(id);
  if (!season) throw new Refusal("not-found");
  return season;
}
