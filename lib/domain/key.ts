import type { Application } from "./application.ts";
import type { Role } from "./authorisation.ts";
import { type Machine, next } from "./machine.ts";
import { mayDecide } from "./review.ts";
import type { Instant } from "./window.ts";

export type KeyState = "current" | "suspended" | "revoked";
/** What somebody of its side does with a key by hand. */
export type KeyTurn = "suspend" | "reinstate" | "revoke";
export type KeyVerb = "give" | "renew" | KeyTurn;

/** How either key is turned: the attestation by the attester, the grant by the reviewer, each alone. */
const keyMachine = <Holder extends Role>(by: Holder) =>
  ({
    current: { suspend: { by, to: "suspended" }, revoke: { by, to: "revoked" } },
    suspended: { reinstate: { by, to: "current" }, revoke: { by, to: "revoked" } },
    revoked: {},
  }) as const satisfies Machine<KeyState, KeyVerb>;

const TURNED_BY_ATTESTER = keyMachine("attester");
/** An application has one attestation: the marketplace's word is renewed for longer, and given anew after it was revoked. */
export const ATTESTATION_MACHINE = {
  current: { ...TURNED_BY_ATTESTER.current, renew: { by: "attester", to: "current" } },
  suspended: TURNED_BY_ATTESTER.suspended,
  revoked: { give: { by: "attester", to: "current" } },
} as const satisfies Machine<KeyState, KeyVerb>;
/** An application may have many grants; one that is revoked stays so, and another is given. */
export const GRANT_MACHINE = keyMachine("reviewer");

/** What both keys have: a state, an end, and the reason for the state when somebody turned it. */
export interface Key {
  readonly state: KeyState;
  readonly expiresAt: Instant;
  readonly reason: string | null;
  readonly version: number;
}

/**
 * The key after somebody of its side turned it by hand. Anybody may take away; nobody gives back what they had a hand in.
 * @throws Refusal `wrong-state`, `self-review`.
 */
export function turnByHand<K extends Key>(
  application: Pick<Application, "editors">,
  machine: Machine<KeyState, KeyVerb>,
  key: K,
  { verb, reason, by }: { readonly verb: KeyTurn; readonly reason: string; readonly by: string },
): K {
  const after = turnKey(machine, key, verb, reason);
  if (verb === "reinstate") mayDecide(application, by);
  return after;
}

/** The key after it was turned, with the reason. @throws Refusal `wrong-state`. */
export const turnKey = <K extends Key>(machine: Machine<KeyState, KeyVerb>, key: K, verb: KeyTurn, reason: string): K => ({
  ...key,
  state: next(machine, key.state, verb),
  reason,
  version: key.version + 1,
});
