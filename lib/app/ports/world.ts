import type { Marketplace } from "../../domain/destination.ts";
import type { Seed } from "../../domain/random.ts";
import type { Surface } from "../../domain/surface.ts";
import type { Instant } from "../../domain/window.ts";

/** Epoch milliseconds. The local stack's may stand in another year. */
export type Now = () => Instant;

/** A new id with the prefix, sortable by time of making: `app_01J…`. */
export type NewId = (prefix: string) => string;

/** [0, 1). */
export type Random = () => number;

/** Where a viewer stands in a season's rings: 0 to 9,999, always the same, and not to be traced back to the viewer. Nothing of it is stored. */
export type PointOf = (season: string, viewer: string) => number;

/** What the random draw of a decision begins from; no two are the same. */
export type NewSeed = () => Seed;

/** What a promise comes to within so many ms; undefined when it takes longer. It then goes on by itself, and fails unheard. */
export type InTime = <T>(what: Promise<T>, ms: number) => Promise<{ readonly value: T } | undefined>;

/** Hosts' surfaces and marketplaces: data that ships with the code. */
export interface Catalogue {
  readonly surfaces: readonly Surface[];
  surface(id: string): Surface | undefined;
  marketplace(id: string): Marketplace | undefined;
}

/** One JSON line: a stable event name and flat fields. Never a body, a token or a viewer. */
export type Log = (level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, unknown>>) => void;
