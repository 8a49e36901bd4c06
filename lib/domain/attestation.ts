import type { Application } from "./application.ts";
import type { Parties } from "./authorisation.ts";
import type { Key } from "./key.ts";
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

/** The attestation of an application as it stands. `version` follows that of the one it replaces. @throws Refusal `not-admissible` when it would end at once. */
export function attestationOf(
  application: Application,
  { by, at, expiresAt, replaces }: Act & { expiresAt: Instant; replaces: Attestation | undefined },
): Attestation {
  if (expiresAt <= at)
    throw new Refusal("not-admissible", [
      { code: "attestation-expired", field: "/expiresAt", detail: "An attestation has to end later than now." },
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
    state: "current",
    expiresAt,
    reason: null,
    version: (replaces?.version ?? 0) + 1,
  };
}
