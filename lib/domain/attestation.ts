import type { Application } from "./application.ts";
import type { Parties } from "./authorisation.ts";
import { isCurrent } from "./eligible.ts";
import { ATTESTATION_MACHINE, type Key, type KeyState, type KeyVerb } from "./key.ts";
import { next } from "./machine.ts";
import { Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import type { Instant } from "./window.ts";

/** Key one: the marketplace vouches for the brand's store, as one revision of its application describes it. */
export interface Attestation extends Parties, Key {
  readonly application: string;
  readonly revision: number;
  readonly season: string;
  readonly surfaces: readonly string[];
  readonly storeType: string;
  readonly attestedBy: string;
  readonly attestedAt: Instant;
}

/** How an attestation comes about: the marketplace's word is given, or what it gave before is renewed. */
export const attestingVerb = (replaces: Pick<Attestation, "state"> | undefined): "give" | "renew" =>
  replaces && replaces.state !== "revoked" ? "renew" : "give";

/**
 * The attestation of an application as it stands. What was revoked is given anew; what stands is renewed for longer, also when
 * it has ended. `version` follows that of the one it replaces.
 * @throws Refusal `not-admissible` when it would end at once, `already-attested` when it is suspended, or would not end later.
 */
export function attestationOf(
  application: Application,
  { by, at, expiresAt, replaces }: Act & { expiresAt: Instant; replaces: Attestation | undefined },
): Attestation {
  const state: KeyState = replaces
    ? next<KeyState, KeyVerb>(ATTESTATION_MACHINE, replaces.state, attestingVerb(replaces), "already-attested")
    : "current";
  if (expiresAt <= at)
    throw new Refusal("not-admissible", [
      { code: "attestation-expired", field: "/expiresAt", detail: "An attestation has to end later than now." },
    ]);
  if (replaces?.state === "current" && expiresAt <= replaces.expiresAt)
    throw new Refusal("already-attested", [
      { code: "attestation-current", field: "/expiresAt", detail: "It is attested for as long or longer." },
    ]);
  const { id, revision, brand, marketplace, host, season, surfaces, store } = application;
  return {
    application: id,
    revision,
    brand,
    marketplace,
    host,
    season,
    surfaces,
    storeType: store.type,
    attestedBy: by,
    attestedAt: at,
    state,
    expiresAt,
    reason: null,
    version: (replaces?.version ?? 0) + 1,
  };
}

/** The attestation, when the marketplace vouches at the instant. @throws Refusal `not-attested`, saying what became of it. */
export function vouching(attestation: Attestation | undefined, at: Instant): Attestation {
  if (!attestation) throw new Refusal("not-attested");
  if (isCurrent(attestation, at)) return attestation;
  const state = attestation.state === "current" ? "ended" : attestation.state;
  throw new Refusal("not-attested", [{ code: `attestation-${state}`, field: "", detail: `The marketplace's attestation is ${state}.` }]);
}
