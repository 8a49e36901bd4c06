import type { Means } from "./destination.ts";
import type { Names } from "./names.ts";
import type { System } from "./targeting.ts";

/** How a link is followed: straight from the feed, or by a tap on a page of ours that comes first. */
export type Through = "straight" | "page";

/** A way out of the host's app that is open to some links. What is null is asked of nobody; what is asked and not known is not met. */
export interface Door {
  readonly id: string;
  readonly by: readonly Means[];
  readonly surfaces: readonly string[] | null;
  readonly os: readonly System[] | null;
  /** Host versions in dotted numbers: from this one on, and before that one. */
  readonly from: string | null;
  readonly before: string | null;
  /** The launch permission that the marketplace's app has to have. */
  readonly permission: string | null;
  readonly through: Through;
}

/** A launch permission that one app of a marketplace has; with `domain`, on pages of that domain alone. */
export interface Permit {
  readonly permission: string;
  readonly marketplace: string;
  readonly app: string;
  readonly domain: string | null;
}

/** Whose app shows the cards. All of it is data: `resources/hosts/`. Doors stand in order: the first that a link fits is its own. */
export interface Host {
  readonly id: string;
  readonly names: Names;
  readonly doors: readonly Door[];
  readonly permits: readonly Permit[];
}
