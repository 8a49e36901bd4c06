import { feedFor, unbroken } from "../domain/change.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Call } from "./ports/call.ts";
import type { FeedStore } from "./ports/feed.ts";
import type { Catalogue } from "./ports/world.ts";

/** Changes in one answer when the caller does not say. */
const USUAL = 100;

interface Deps {
  readonly feed: FeedStore;
  readonly catalogue: Catalogue;
}

interface Wanted {
  readonly since?: number | undefined;
  readonly limit?: number | undefined;
  readonly host?: string | undefined;
}

/** What follows a place in the caller's own feed. @throws Refusal `host-not-named`, `not-found`. */
export const listChanges =
  ({ feed, catalogue }: Deps) =>
  async ({ query: { since = 0, limit = USUAL, host }, user }: Call<unknown, Wanted>) => {
    if (host !== undefined && !catalogue.surfaces.some((surface) => surface.host === host)) throw new Refusal("not-found");
    const changes = unbroken(await feed.after(feedFor(user, host), since, limit), since);
    return { changes, next: changes.at(-1)?.sequence ?? since };
  };
