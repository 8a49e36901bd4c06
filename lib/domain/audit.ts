import type { Role, User } from "./authorisation.ts";
import type { Instant } from "./window.ts";

/** Who stands behind a change: a bearer, or the season clock. */
export type Actor = Pick<User, "sub" | "tenant"> & { readonly role: Role | "clock" };

/** One change of state, recorded once and never altered: who, when, what, why, before, after. */
export interface AuditEvent {
  readonly id: string;
  readonly at: Instant;
  readonly actor: Actor;
  readonly action: string;
  /** The changed thing, as `<kind>/<id>`. */
  readonly subject: string;
  /** The subject's version after the change; with `subject` it makes the event unique. */
  readonly version: number;
  readonly before: string | null;
  readonly after: string;
  readonly why: string | null;
  readonly requestId: string;
}
