import type { Attestation } from "../../domain/attestation.ts";
import type { Grant } from "../../domain/grant.ts";
import type { Lineup } from "../../domain/snapshot.ts";
import type { WhitelistView } from "../../domain/whitelist.ts";

/** The whitelist and what else may be served, read consistently. @throws Unreadable. */
export interface LineupStore {
  grants(surface: string, season: string, brand: string): Promise<readonly Grant[]>;
  read(surface: string, season: string): Promise<Lineup>;
}

/** A part of a list. `next`: the position behind which there is more, or null at the end. */
export interface GrantPage {
  readonly grants: readonly Grant[];
  readonly next: string | null;
}

/** The whitelist as people and feeds read it, consistently. */
export interface WhitelistStore {
  /**
   * In order of brand, then grant: `limit` of them behind the position `after`, or all that are left. Fewer with a `next` come
   * only when a filter has dropped more grants in a row than one request may read.
   */
  page(view: WhitelistView, page: { readonly limit: number; readonly after: string | null }): Promise<GrantPage>;
  /** By brand; a brand without grants has none. */
  grants(place: Pick<WhitelistView, "surface" | "season">, brands: readonly string[]): Promise<ReadonlyMap<string, readonly Grant[]>>;
  /** By brand; a brand without an attestation is left out. */
  attestations(place: Pick<WhitelistView, "surface" | "season">, brands: readonly string[]): Promise<ReadonlyMap<string, Attestation>>;
}
