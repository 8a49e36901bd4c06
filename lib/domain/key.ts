import type { Role } from "./authorisation.ts";
import { type Machine, next } from "./machine.ts";
import type { Instant } from "./window.ts";

export type KeyState = "current" | "suspended" | "revoked";
export type KeyVerb = "suspend" | "reinstate" | "revoke";

/** The life of either key: the attester turns the attestation, the reviewer the grant, each alone. */
const keyMachine = <Holder extends Role>(by: Holder) =>
  ({
    current: { suspend: { by, to: "suspended" }, revoke: { by, to: "revoked" } },
    suspended: { reinstate: { by, to: "current" }, revoke: { by, to: "revoked" } },
    revoked: {},
  }) as const satisfies Machine<KeyState, KeyVerb>;

export const ATTESTATION_MACHINE = keyMachine("attester");
export const GRANT_MACHINE = keyMachine("reviewer");

/** What both keys have: a state, an end, and the reason for the state when somebody turned it. */
export interface Key {
  readonly state: KeyState;
  readonly expiresAt: Instant;
  readonly reason: string | null;
  readonly version: number;
}

/** The key after somebody turned it, with the reason. @throws Refusal `wrong-state`. */
export const turnKey = <K extends Key>(machine: Machine<KeyState, KeyVerb>, key: K, verb: KeyVerb, reason: string): K => ({
  ...key,
  state: next(machine, key.state, verb),
  reason,
  version: key.version + 1,
});
