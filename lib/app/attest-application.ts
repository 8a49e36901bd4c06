import { attest } from "../domain/application.ts";
import type { Instant } from "../domain/window.ts";
import { audited } from "./audit.ts";
import type { ApplicationStore, Call, NewId, Now } from "./ports.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly now: Now;
  readonly newId: NewId;
}

/** Key one: the marketplace vouches for the store. @throws Refusal `not-found`, `already-attested`, `already-decided`. */
export const attestApplication = (deps: Deps) => async (call: Call<{ application: string }, unknown, { expiresAt: Instant }>) => {
  const { params, body, user } = call;
  const pending = within(user, await deps.applications.get(params.application));
  const at = deps.now();
  const { application, attestation } = attest(pending, { by: user.sub, at, expiresAt: body.expiresAt });
  const { id, version } = application;
  const event = audited(deps, call, {
    at,
    action: "application:attest",
    subject: `application/${id}`,
    version,
    before: pending.status,
    after: "attested",
  });
  await deps.applications.attest(application, attestation, event);
  return attestation;
};
