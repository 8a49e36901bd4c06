import type { Role, User } from "./authorisation.ts";
import type { Instant } from "./window.ts";

/** Who stands behind a change: a bearer, or the season clock. */
export type Actor = Pick<User, "sub" | "tenant"> & { readonly role: Role | "clock" };

/** Whom and what a change concerns; null where there is nobody, or no one season. */
export interface Concern {
  readonly host: string | null;
  readonly marketplace: string | null;
  readonly brand: string | null;
  readonly season: string | null;
  readonly surfaces: readonly string[];
}

/** What else changed in the same transaction because the subject did: the grants an approval gives, the keys that lapse. */
export interface Effect {
  readonly action: string;
  readonly subject: string;
  readonly version: number;
  readonly before: string | null;
  readonly after: string;
  readonly surfaces: readonly string[];
}

/** One change of state, recorded once and never altered: who, when, what, why, before, after. */
export interface AuditEvent {
  readonly id: string;
  readonly at: Instant;
  readonly actor: Actor;
  readonly action: string;
  /** The changed thing, as `<kind>/<id>`. */
  readonly subject: string;
  readonly concern: Concern;
  readonly effects: readonly Effect[];
  /** The subject's version after the change; with `subject` it makes the event unique. */
  readonly version: number;
  readonly before: string | null;
  readonly after: string;
  readonly why: string | null;
  readonly requestId: string;
}

interface Placed {
  readonly host: string;
  readonly marketplace: string;
  readonly brand: string;
  readonly season: string;
}

/** The concern of a thing of a brand's, in a season, on one surface or several. */
export const concernOf = ({
  host,
  marketplace,
  brand,
  season,
  ...place
}: Placed & ({ readonly surface: string } | { readonly surfaces: readonly string[] })): Concern => ({
  host,
  marketplace,
  brand,
  season,
  surfaces: "surface" in place ? [place.surface] : place.surfaces,
});
