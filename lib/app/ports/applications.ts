import type { Application } from "../../domain/application.ts";
import type { ApplicationState } from "../../domain/application-machine.ts";
import type { Attestation } from "../../domain/attestation.ts";
import type { Grant } from "../../domain/grant.ts";
import type { Names } from "../../domain/names.ts";
import type { Commitment } from "./call.ts";

/**
 * Every saving verb writes the thing, its audit event, its outbox entry and the caller's receipt in one transaction, exactly
 * once however often it is retried. @throws Refusal `changed-meanwhile` when the stored version is not the one the change
 * began from, `answered-already` when the caller's key has its receipt; Unavailable.
 */
export interface ApplicationStore {
  get(id: string): Promise<Application | undefined>;
  ofBrand(brand: string): Promise<readonly Application[]>;
  /** Those of a season, or those in one state, oldest submission first. May lag behind the latest write. */
  ofSeason(season: string, state?: ApplicationState): Promise<readonly Application[]>;
  /** What was submitted as this revision. */
  revision(id: string, revision: number): Promise<Application | undefined>;
  /** Another brand that has one of the names, or one that reads the same, in this season. */
  looksLike(season: string, brand: string, names: Names): Promise<string | undefined>;
  /** How many places are taken on the surface. */
  placesTaken(surface: string, season: string): Promise<number>;
  attestation(application: string): Promise<Attestation | undefined>;
  /** The application's grants on all its surfaces, in order of making. */
  grants(application: Application): Promise<readonly Grant[]>;
  /** @throws Refusal `already-applied` when the brand has an application to the season. */
  begin(application: Application, commitment: Commitment): Promise<void>;
  /** A denial for good gives up its names. */
  save(application: Application, commitment: Commitment): Promise<void>;
  /** To people: its names are held for its brand, those it had before are given up, what was submitted is kept, keys that no longer fit it lapse. */
  submit(application: Application, lapsing: Keys, commitment: Commitment): Promise<void>;
  /** `replaces`: an earlier attestation of the application, which ends with this one, also where this one does not vouch. */
  attest(application: Application, attestation: Attestation, replaces: Attestation | undefined, commitment: Commitment): Promise<void>;
  /** `on`: the attestation it rests on, which is still so. @throws Refusal `trial-full` when a surface has no place left. */
  approve(
    application: Application,
    on: Attestation,
    grants: readonly Grant[],
    capacities: readonly Capacity[],
    commitment: Commitment,
  ): Promise<void>;
  /** Its keys lapse, its names are anybody's and its place is its brand's to take again. */
  withdraw(application: Application, lapsing: Keys, commitment: Commitment): Promise<void>;
  turnAttestation(attestation: Attestation, commitment: Commitment): Promise<void>;
  /** `others`: those of its application on its surface that are not revoked. Where there are none, revoking it frees a place. */
  turnGrant(grant: Grant, others: readonly Grant[], commitment: Commitment): Promise<void>;
}

/** How many brands a surface's trial takes; null for no limit. */
export interface Capacity {
  readonly surface: string;
  readonly season: string;
  readonly places: number | null;
}

/** Both keys of an application, as far as there are any. */
export interface Keys {
  readonly attestation: Attestation | undefined;
  readonly grants: readonly Grant[];
}
