import type { Application, Attestation } from "../domain/application.ts";
import type { AuditEvent } from "../domain/audit.ts";
import type { User } from "../domain/authorisation.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { Card } from "../domain/card.ts";
import type { DeliveryEvent } from "../domain/delivery-event.ts";
import type { Marketplace } from "../domain/destination.ts";
import type { Grant } from "../domain/grant.ts";
import type { Season } from "../domain/season.ts";
import type { Lineup, Snapshot } from "../domain/snapshot.ts";
import type { Surface } from "../domain/surface.ts";
import type { Tally } from "../domain/tally.ts";
import type { Instant } from "../domain/window.ts";

/** A verified request by somebody: its parsed parts, who sent it, and the id it is logged under. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly user: User;
  readonly requestId: string;
}

/** A request that needs no bearer. */
export type PublicCall<Params = unknown> = Omit<Call<Params>, "user">;

/** Epoch milliseconds. The local stack's may stand in another year. */
export type Now = () => Instant;

/** A new id with the prefix, sortable by time of making: `app_01J…`. */
export type NewId = (prefix: string) => string;

/** [0, 1). */
export type Random = () => number;

/** The store did not answer in time, or said to come back later. Nothing is known to have changed. */
export class Unavailable extends Error {
  constructor(cause?: unknown) {
    super("the store is unavailable", { cause });
    this.name = "Unavailable";
  }
}

/**
 * Every saving verb writes the thing, its audit event and its outbox entry in one transaction, exactly once however often
 * it is retried. @throws Refusal `changed-meanwhile` when the stored version is not the one the change began from; Unavailable.
 */
export interface ApplicationStore {
  get(id: string): Promise<Application | undefined>;
  ofBrand(brand: string): Promise<readonly Application[]>;
  /** What a surface's applications to a season are, oldest first. May lag behind the latest write. */
  queue(surface: string, season: string): Promise<readonly Application[]>;
  /** @throws Refusal `already-applied` when the brand has an application for the surface and season. */
  submit(application: Application, event: AuditEvent): Promise<void>;
  attest(application: Application, attestation: Attestation, event: AuditEvent): Promise<void>;
  approve(application: Application, grant: Grant, event: AuditEvent): Promise<void>;
  deny(application: Application, event: AuditEvent): Promise<void>;
}

export interface SeasonStore {
  get(id: string): Promise<Season | undefined>;
  all(): Promise<readonly Season[]>;
  /** @throws Refusal `season-exists`. */
  create(season: Season, event: AuditEvent): Promise<void>;
  save(season: Season, event: AuditEvent): Promise<void>;
  /** As `save`, and fails when another season was published since `all()` was read. */
  publish(season: Season, event: AuditEvent, roster: number): Promise<void>;
  /** Changes each time a season is published. */
  roster(): Promise<number>;
}

export interface CampaignStore {
  get(id: string): Promise<Campaign | undefined>;
  create(campaign: Campaign, event: AuditEvent): Promise<void>;
}

export interface CardStore {
  get(id: string): Promise<Card | undefined>;
  create(card: Card, event: AuditEvent): Promise<void>;
  approve(card: Card, event: AuditEvent): Promise<void>;
  deny(card: Card, event: AuditEvent): Promise<void>;
}

/** The whitelist and what else may be served, read consistently. */
export interface LineupStore {
  grant(surface: string, season: string, brand: string): Promise<Grant | undefined>;
  read(surface: string, season: string): Promise<Lineup>;
}

/** Which snapshot serves now. */
export interface SnapshotPointer {
  readonly version: number;
  readonly fingerprint: string;
  readonly parts: number;
  readonly publishedAt: Instant;
}

export interface SnapshotStore {
  /** Consistent. */
  pointer(surface: string): Promise<SnapshotPointer | undefined>;
  load(surface: string, pointer: SnapshotPointer): Promise<Snapshot>;
  /** Publishes as the version after `over`; false when another publisher was first. Publishing what is there already changes nothing. */
  publish(snapshot: Snapshot, over: SnapshotPointer | undefined, at: Instant): Promise<boolean>;
}

export interface EventStore {
  /** Puts the event's row once; true when it was not there before. */
  record(event: DeliveryEvent): Promise<boolean>;
  /** Whether the impression of this placement has been recorded. */
  hasImpression(decision: string, slot: number): Promise<boolean>;
}

export interface TallyStore {
  /** Adds the recorded event to its tally, once however often it is called. */
  fold(event: DeliveryEvent): Promise<void>;
  ofBrand(surface: string, season: string, brand: string): Promise<readonly Tally[]>;
  ofSeason(surface: string, season: string): Promise<readonly Tally[]>;
}

/** Hosts' surfaces and marketplaces: data that ships with the code. */
export interface Catalogue {
  readonly surfaces: readonly Surface[];
  surface(id: string): Surface | undefined;
  marketplace(id: string): Marketplace | undefined;
}

/** One JSON line: a stable event name and flat fields. Never a body, a token or a viewer. */
export type Log = (level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, unknown>>) => void;
