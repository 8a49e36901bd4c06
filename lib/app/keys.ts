import type { Application } from "../domain/application.ts";
import { attested } from "../domain/application.ts";
import { type Attestation, attestationOf, attestingVerb } from "../domain/attestation.ts";
import { concernOf, type Effect } from "../domain/audit.ts";
import type { Grant } from "../domain/grant.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE, type KeyTurn, type KeyVerb, turnByHand, turnKey } from "../domain/key.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Instant } from "../domain/window.ts";
import { committing } from "./commitment.ts";
import type { ApplicationStore, Keys } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { NewId, Now } from "./ports/world.ts";
import { shown } from "./reach.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly now: Now;
  readonly newId: NewId;
}

export type Turn = { readonly verb: KeyTurn; readonly reason: string };

/** Key one: the marketplace vouches for the store, anew where its word was revoked, or for longer. @throws Refusal `not-found`, `already-attested`, `wrong-state`, `self-review`, `not-admissible`. */
export const attestApplication = (deps: Deps) => async (call: Call<{ application: string }, unknown, { expiresAt: Instant }>) => {
  const before = shown(call.user, await deps.applications.get(call.params.application));
  const act = { by: call.user.sub, at: deps.now() };
  const replaces = await deps.applications.attestation(before.id);
  const after = attested(before, act);
  const attestation = attestationOf(before, { ...act, expiresAt: call.body.expiresAt, replaces });
  const { id, version } = after;
  const change = {
    at: act.at,
    action: "application:attest",
    subject: `application/${id}`,
    concern: concernOf(before),
    effects: [keyEffect(attestingVerb(replaces), replaces, attestation)],
    version,
    before: before.state,
    after: after.state,
  };
  await deps.applications.attest(after, attestation, replaces, committing(deps, call, change, attestation));
  return attestation;
};

/** The marketplace suspends, reinstates or revokes its attestation, alone, with a reason. @throws Refusal `not-found`, `wrong-state`, `self-review`. */
export const turnAttestation = (deps: Deps) => async (call: Call<{ application: string }, unknown, Turn>) => {
  const application = shown(call.user, await deps.applications.get(call.params.application));
  const before = await deps.applications.attestation(application.id);
  if (!before) throw new Refusal("not-found");
  const after = turnByHand(application, ATTESTATION_MACHINE, before, { ...call.body, by: call.user.sub });
  await deps.applications.turnAttestation(after, turning(deps, call, `attestation/${application.id}`, before, after));
  return after;
};

/** The host suspends, reinstates or revokes a grant, alone, with a reason. @throws Refusal `not-found`, `wrong-state`, `self-review`. */
export const turnGrant = (deps: Deps) => async (call: Call<{ application: string; grant: string }, unknown, Turn>) => {
  const application = shown(call.user, await deps.applications.get(call.params.application));
  const grants = await deps.applications.grants(application);
  const before = grants.find(({ id }) => id === call.params.grant);
  if (!before) throw new Refusal("not-found");
  const after = turnByHand(application, GRANT_MACHINE, before, { ...call.body, by: call.user.sub });
  const others = grants.filter((each) => each.id !== after.id && each.surface === after.surface && stands(each));
  await deps.applications.turnGrant(after, others, turning(deps, call, `grant/${after.id}`, before, after));
  return after;
};

/** What a key that somebody turned is saved with. */
export const turning = (
  deps: Pick<Deps, "now" | "newId">,
  call: Call<unknown, unknown, Turn>,
  subject: string,
  before: Attestation | Grant,
  after: Attestation | Grant,
) =>
  committing(
    deps,
    call,
    {
      at: deps.now(),
      action: `${subject.split("/")[0]}:${call.body.verb}`,
      subject,
      concern: concernOf(after),
      version: after.version,
      before: before.state,
      after: after.state,
      why: call.body.reason,
    },
    after,
  );

/** A key that changed because its application did. */
export function keyEffect<K extends Attestation | Grant>(verb: KeyVerb, before: K | undefined, after: K): Effect {
  const [kind, id, surfaces] =
    "surface" in after ? ["grant", after.id, [after.surface]] : ["attestation", after.application, after.surfaces];
  return {
    action: `${kind}:${verb}`,
    subject: `${kind}/${id}`,
    version: after.version,
    before: before?.state ?? null,
    after: after.state,
    surfaces,
  };
}

/** The keys of an application, revoked because it is no longer what they vouched for; those revoked already are left. */
export async function lapsed(
  { applications }: Pick<Deps, "applications">,
  application: Application,
  reason: string,
): Promise<{ readonly keys: Keys; readonly effects: readonly Effect[] }> {
  const [attestation, given] = await Promise.all([applications.attestation(application.id), applications.grants(application)]);
  const revoked = attestation && stands(attestation) ? turnKey(ATTESTATION_MACHINE, attestation, "revoke", reason) : undefined;
  const grants = given.filter(stands).map((grant) => ({ before: grant, after: turnKey(GRANT_MACHINE, grant, "revoke", reason) }));
  return {
    keys: { attestation: revoked, grants: grants.map(({ after }) => after) },
    effects: [
      ...(revoked ? [keyEffect("revoke", attestation, revoked)] : []),
      ...grants.map(({ before, after }) => keyEffect("revoke", before, after)),
    ],
  };
}

/** Whether the key is there still, be it suspended. */
export const stands = ({ state }: Pick<Attestation, "state">) => state !== "revoked";
