import { ATTESTATION_MACHINE, GRANT_MACHINE, turnKey } from "../domain/key.ts";
import { stands, type Turn, turning } from "./keys.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { WhitelistStore } from "./ports/whitelist.ts";
import type { NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly whitelist: Pick<WhitelistStore, "attestations" | "grants">;
  readonly applications: Pick<ApplicationStore, "turnAttestation" | "turnGrant">;
  readonly now: Now;
  readonly newId: NewId;
}

interface Entry {
  readonly surface: string;
  readonly season: string;
  readonly brand: string;
}

/**
 * The marketplace turns key one of a whitelist's entry, however it came there. It is the same key as its application's, on all
 * its surfaces, and has the same audit. @throws Refusal `not-found`, `wrong-state`.
 */
export const turnEntryAttestation = (deps: Deps) => async (call: Call<Entry, unknown, Turn>) => {
  const before = within(call.user, (await deps.whitelist.attestations(call.params, [call.params.brand])).get(call.params.brand));
  const after = turnKey(ATTESTATION_MACHINE, before, call.body.verb, call.body.reason);
  await deps.applications.turnAttestation(after, turning(deps, call, `attestation/${after.application}`, before, after));
  return after;
};

/** The host turns a grant of a whitelist's entry, however it came there. @throws Refusal `not-found`, `wrong-state`. */
export const turnEntryGrant = (deps: Deps) => async (call: Call<Entry & { readonly grant: string }, unknown, Turn>) => {
  const grants = (await deps.whitelist.grants(call.params, [call.params.brand])).get(call.params.brand) ?? [];
  const before = within(
    call.user,
    grants.find(({ id }) => id === call.params.grant),
  );
  const after = turnKey(GRANT_MACHINE, before, call.body.verb, call.body.reason);
  const others = grants.filter((each) => each.id !== after.id && each.application === after.application && stands(each));
  await deps.applications.turnGrant(after, others, turning(deps, call, `grant/${after.id}`, before, after));
  return after;
};
