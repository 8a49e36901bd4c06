import type { Application } from "../domain/application.ts";
import type { Attestation } from "../domain/attestation.ts";
import type { Grant } from "../domain/grant.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE, turnByHand } from "../domain/key.ts";
import { stands, type Turn, turning } from "./keys.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { WhitelistStore } from "./ports/whitelist.ts";
import type { NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly whitelist: Pick<WhitelistStore, "attestations" | "grants">;
  readonly applications: Pick<ApplicationStore, "get" | "turnAttestation" | "turnGrant">;
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
 * its surfaces, and has the same audit. @throws Refusal `not-found`, `wrong-state`, `self-review`.
 */
export const turnEntryAttestation = (deps: Deps) => async (call: Call<Entry, unknown, Turn>) => {
  const before = within(call.user, (await deps.whitelist.attestations(call.params, [call.params.brand])).get(call.params.brand));
  const after = turnByHand(await hadAHandIn(deps, before), ATTESTATION_MACHINE, before, { ...call.body, by: call.user.sub });
  await deps.applications.turnAttestation(after, turning(deps, call, `attestation/${after.application}`, before, after));
  return after;
};

/** The host turns a grant of a whitelist's entry, however it came there. @throws Refusal `not-found`, `wrong-state`, `self-review`. */
export const turnEntryGrant = (deps: Deps) => async (call: Call<Entry & { readonly grant: string }, unknown, Turn>) => {
  const grants = (await deps.whitelist.grants(call.params, [call.params.brand])).get(call.params.brand) ?? [];
  const before = within(
    call.user,
    grants.find(({ id }) => id === call.params.grant),
  );
  const after = turnByHand(await hadAHandIn(deps, before), GRANT_MACHINE, before, { ...call.body, by: call.user.sub });
  const others = grants.filter((each) => each.id !== after.id && each.application === after.application && stands(each));
  await deps.applications.turnGrant(after, others, turning(deps, call, `grant/${after.id}`, before, after));
  return after;
};

/** Nobody of the brand had a hand in what was imported: it has no application. */
const hadAHandIn = async ({ applications }: Deps, { application }: Attestation | Grant): Promise<Pick<Application, "editors">> =>
  (await applications.get(application)) ?? { editors: [] };
