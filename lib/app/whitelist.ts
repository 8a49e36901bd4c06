import { reaches } from "../domain/authorisation.ts";
import { mintCursor, openCursor } from "../domain/cursor.ts";
import type { Signer } from "../domain/event-token.ts";
import { type Grant, standing } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Season } from "../domain/season.ts";
import { check, publicEntries, publishedOn, viewOf, type WhitelistFilter, type WhitelistView, weigher } from "../domain/whitelist.ts";
import type { Instant } from "../domain/window.ts";
import type { Call, PublicCall } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SwitchStore } from "./ports/switches.ts";
import type { WhitelistStore } from "./ports/whitelist.ts";
import type { Now } from "./ports/world.ts";

interface Deps {
  readonly whitelist: WhitelistStore;
  readonly seasons: SeasonStore;
  readonly switches: Pick<SwitchStore, "board">;
  readonly cursors: Signer;
  /** Whom to write to about the public list. */
  readonly contact: string;
  readonly now: Now;
}

interface Place {
  readonly surface: string;
  readonly season: string;
}

/** How many grants are read at a time when all of them are. */
const READ_AT_ONCE = 1_000;

/**
 * A page of the grants the caller may see, in order of brand, then grant. The next page begins behind the last grant of this
 * one, wherever that stands by then: what is there throughout is on one page exactly.
 * @throws Refusal `not-found`, `cursor-invalid`.
 */
export const listWhitelist =
  (deps: Pick<Deps, "whitelist" | "seasons" | "cursors" | "now">) =>
  async ({ user, query }: Call<unknown, Place & WhitelistFilter & { readonly limit: number; readonly cursor?: string | undefined }>) => {
    const { surface, season, state = null, storeType = null, brand = null, limit, cursor } = query;
    const now = deps.now();
    // The limit is not part of it: a reader may ask for larger pages on the way.
    const scope = ["whitelist", user.tenant, user.role, surface, season, state, storeType, brand];
    const after = cursor === undefined ? null : openCursor(deps.cursors, scope, cursor, now);
    const held = await deps.seasons.get(season);
    const view = viewOf(user, held, surface, query);
    const { grants, next } = view ? await deps.whitelist.page(view, { limit, after }) : { grants: [], next: null };
    return { grants: standingIn(held, grants), next: next === null ? null : mintCursor(deps.cursors, scope, next, now) };
  };

/** Every grant the caller may see, as one document. @throws Refusal `not-found`, `list-too-long`. */
export const exportWhitelist =
  ({ whitelist, seasons }: Pick<Deps, "whitelist" | "seasons">) =>
  async ({ user, query: { surface, season } }: Call<unknown, Place>) => {
    const held = await seasons.get(season);
    const view = viewOf(user, held, surface);
    const weigh = weigher();
    const grants: Grant[] = [];
    for await (const some of view ? pagesOf(whitelist, view) : []) {
      weigh(some);
      grants.push(...standingIn(held, some));
    }
    return { surface, season, grants };
  };

/** For each of many brands whether it is eligible, now or at another instant as the keys and switches are now, and why not. @throws Refusal `not-found`. */
export const checkWhitelist =
  ({ whitelist, seasons, switches, now }: Pick<Deps, "whitelist" | "seasons" | "switches" | "now">) =>
  async ({ user, body }: Call<unknown, unknown, Place & { readonly at?: Instant | undefined; readonly brands: readonly string[] }>) => {
    const { surface, brands, at = now() } = body;
    const season = publishedOn(await seasons.get(body.season), surface);
    if (!reaches(user, { brand: "", marketplace: season.marketplace, host: season.host })) throw new Refusal("not-found");
    const place = { surface, season: season.id };
    const [board, grants, attestations] = await Promise.all([
      switches.board(),
      whitelist.grants(place, brands),
      whitelist.attestations(place, brands),
    ]);
    return { at, checks: check(brands, { season, surface, switches: board.live }, { grants, attestations }, at) };
  };

/** The brands whitelisted now, for everybody, in the manner of IAB Tech Lab's sellers.json. @throws Refusal `not-found`, `list-too-long`. */
export const publicWhitelist =
  ({ whitelist, seasons, contact, now }: Pick<Deps, "whitelist" | "seasons" | "contact" | "now">) =>
  async ({ params }: PublicCall<{ readonly surface: string; readonly document: string }>) => {
    const at = now();
    const { surface } = params;
    const season = publishedOn(await seasons.get(params.document), surface);
    const place = { surface, season: season.id };
    const weigh = weigher();
    const grants = new Map<string, Grant[]>();
    for await (const some of pagesOf(whitelist, { ...place, where: { state: "current" } })) {
      weigh(some.map(({ brand, names, storeType, marketplace, phases }) => ({ brand, names, storeType, marketplace, phases })));
      for (const grant of some) grants.set(grant.brand, [...(grants.get(grant.brand) ?? []), grant]);
    }
    const attestations = await whitelist.attestations(place, [...grants.keys()]);
    return { version: "1.0" as const, contact, ...place, brands: publicEntries(season, { grants, attestations }, at) };
  };

async function* pagesOf(whitelist: WhitelistStore, view: WhitelistView): AsyncGenerator<readonly Grant[]> {
  let after: string | null = null;
  do {
    const page = await whitelist.page(view, { limit: READ_AT_ONCE, after });
    yield page.grants;
    after = page.next;
  } while (after !== null);
}

/** What is seen belongs to a season that is there. */
const standingIn = (season: Season | undefined, grants: readonly Grant[]): readonly Grant[] =>
  season ? grants.map((grant) => standing(grant, season)) : grants;
