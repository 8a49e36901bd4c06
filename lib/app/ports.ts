import type { Application } from "../domain/application.ts";
import type { ApplicationState } from "../domain/application-machine.ts";
import type { Attestation } from "../domain/attestation.ts";
import type { AuditEvent } from "../domain/audit.ts";
import type { User } from "../domain/authorisation.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { Card } from "../domain/card.ts";
import type { Announcement, FedChange } from "../domain/change.ts";
import type { DeliveryEvent } from "../domain/delivery-event.ts";
import type { Marketplace } from "../domain/destination.ts";
import type { Grant } from "../domain/grant.ts";
import type { Import, Outcome, ReadRow, RowIds, Standing } from "../domain/import.ts";
import type { Board, KillSwitch, Switching } from "../domain/kill-switch.ts";
import type { Names } from "../domain/names.ts";
import type { Seed } from "../domain/random.ts";
import type { Season } from "../domain/season.ts";
import type { Lineup, Snapshot } from "../domain/snapshot.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { Surface } from "../domain/surface.ts";
import type { Tally } from "../domain/tally.ts";
import type { Attempt, Progress } from "../domain/webhook.ts";
import type { WhitelistView } from "../domain/whitelist.ts";
import type { WhitelistRow } from "../domain/whitelist-row.ts";
import type { Instant } from "../domain/window.ts";

/** A verified request by somebody: its parsed parts, who sent it, and the id it is logged under. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly user: User;
  readonly requestId: string;
  /** Present when the caller gave an Idempotency-Key. */
  readonly claim?: Claim | undefined;
}

/** A caller's Idempotency-Key: `id` stands for who sent which key to which address, `fingerprint` for what they asked. */
export interface Claim {
  readonly id: string;
  readonly fingerprint: string;
  /** By the machine's clock, after which DynamoDB may drop it. Epoch seconds. */
  readonly keepUntil: number;
}

/** An answer kept, to be given again to the same request under the same key. */
export interface Receipt extends Claim {
  readonly reply: unknown;
}

/** What every change is saved with. */
export interface Commitment {
  readonly event: AuditEvent;
  readonly receipt: Receipt | null;
}

export interface ReceiptStore {
  find(id: string): Promise<Pick<Receipt, "fingerprint" | "reply"> | undefined>;
}

/** A request that needs no bearer. */
export type PublicCall<Params = unknown> = Omit<Call<Params>, "user">;

/** Epoch milliseconds. The local stack's may stand in another year. */
export type Now = () => Instant;

/** A new id with the prefix, sortable by time of making: `app_01J…`. */
export type NewId = (prefix: string) => string;

/** [0, 1). */
export type Random = () => number;

/** What the random draw of a decision begins from; no two are the same. */
export type NewSeed = () => Seed;

/** The store did not answer in time, or said to come back later. Nothing is known to have changed. */
export class Unavailable extends Error {
  constructor(cause?: unknown) {
    super("the store is unavailable", { cause });
    this.name = "Unavailable";
  }
}

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
  save(application: Application, commitment: Commitment): Promise<void>;
  /** To people: its names are held for its brand, and what was submitted is kept as a revision. */
  submit(application: Application, commitment: Commitment): Promise<void>;
  /** `replaces`: an earlier attestation of the application, which ends with this one, also where this one does not vouch. */
  attest(application: Application, attestation: Attestation, replaces: Attestation | undefined, commitment: Commitment): Promise<void>;
  /** @throws Refusal `trial-full` when a surface has no place left. */
  approve(application: Application, grants: readonly Grant[], capacities: readonly Capacity[], commitment: Commitment): Promise<void>;
  /** The application, and the keys that lapse with the change. */
  lapse(application: Application, keys: Keys, commitment: Commitment): Promise<void>;
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

export interface AskedRow {
  readonly row: WhitelistRow;
  readonly ids: RowIds;
}

/** A row to be written: the key as it will be, and the places and names it has to hold for its brand. */
export interface ImportedRow {
  readonly key: Attestation | Grant;
  readonly standing: Standing;
  readonly commitment: Commitment;
}

/** Imports of the whitelist, and the keys they turn. @throws Unavailable. */
export interface ImportStore {
  get(id: string): Promise<Import | undefined>;
  /** @throws Refusal `self-review` when the person has imported the other key of this whitelist. */
  begin(into: Import, commitment: Commitment): Promise<void>;
  /** What each row meets; undefined for one that says nothing. In order. */
  standings(into: Import, rows: readonly (AskedRow | undefined)[]): Promise<readonly (Standing | undefined)[]>;
  /** Writes whole rows, several to a transaction, each all or nothing. In order: whether each was written; not, when it met something else than it was planned on. */
  write(into: Import, rows: readonly ImportedRow[], capacity: number | null): Promise<readonly boolean[]>;
  /** Keeps how far the import is, with the rows it refused on the way. @throws Refusal `changed-meanwhile` when somebody else runs it. */
  advance(into: Import, refused: readonly Outcome[]): Promise<void>;
  finish(into: Import, commitment: Commitment): Promise<void>;
  /** Every row refused so far, in order. */
  refused(id: string): Promise<readonly Outcome[]>;
}

/** Ids that follow from what they stand for, so that a row taken in twice is the same row. */
export interface RowIdentity {
  idsOf(into: Import, row: number, brand: string): RowIds;
  /** The digest of rows, chained to that of the rows before. */
  chain(digest: string, rows: readonly ReadRow[]): string;
}

export interface SeasonStore {
  get(id: string): Promise<Season | undefined>;
  all(): Promise<readonly Season[]>;
  /** @throws Refusal `season-exists`. */
  create(season: Season, commitment: Commitment): Promise<void>;
  save(season: Season, commitment: Commitment): Promise<void>;
  /** As `save`, and fails when another season was published since `all()` was read. */
  publish(season: Season, commitment: Commitment, roster: number): Promise<void>;
  /** Changes each time a season is published. */
  roster(): Promise<number>;
}

export interface CampaignStore {
  get(id: string): Promise<Campaign | undefined>;
  create(campaign: Campaign, commitment: Commitment): Promise<void>;
}

export interface CardStore {
  get(id: string): Promise<Card | undefined>;
  create(card: Card, commitment: Commitment): Promise<void>;
  approve(card: Card, commitment: Commitment): Promise<void>;
  deny(card: Card, commitment: Commitment): Promise<void>;
}

/** The whitelist and what else may be served, read consistently. */
export interface LineupStore {
  grants(surface: string, season: string, brand: string): Promise<readonly Grant[]>;
  read(surface: string, season: string): Promise<Lineup>;
}

/** A part of a list. `next`: the position behind which there is more, or null at the end. */
export interface GrantPage {
  readonly grants: readonly Grant[];
  readonly next: string | null;
}

/** The whitelist as people and feeds read it, consistently. */
export interface WhitelistStore {
  /**
   * In order of brand, then grant: `limit` of them behind the position `after`, or all that are left. Fewer with a `next` come
   * only when a filter has dropped more grants in a row than one request may read.
   */
  page(view: WhitelistView, page: { readonly limit: number; readonly after: string | null }): Promise<GrantPage>;
  /** By brand; a brand without grants has none. */
  grants(place: Pick<WhitelistView, "surface" | "season">, brands: readonly string[]): Promise<ReadonlyMap<string, readonly Grant[]>>;
  /** By brand; a brand without an attestation is left out. */
  attestations(place: Pick<WhitelistView, "surface" | "season">, brands: readonly string[]): Promise<ReadonlyMap<string, Attestation>>;
}

/** A snapshot's content, and when it was published. */
export interface SnapshotContent {
  /** The version under which this content was first published, and the instant. */
  readonly since: number;
  readonly sinceAt: Instant;
  readonly fingerprint: string;
  readonly parts: number;
  /** By the machine's clock, after which DynamoDB may drop its parts. Epoch seconds. */
  readonly keptUntil: number;
}

/** Which snapshot serves now. `version` counts publications, also those that found nothing changed. */
export interface SnapshotPointer extends SnapshotContent {
  readonly version: number;
  readonly publishedAt: Instant;
}

export interface SnapshotStore {
  /** Consistent. */
  pointer(surface: string): Promise<SnapshotPointer | undefined>;
  load(surface: string, content: SnapshotContent): Promise<Snapshot>;
  /**
   * Publishes as the version after `over`; false when another publisher was first. What is there already is published again
   * under the next version, so that a publisher who read an older lineup meanwhile cannot put that over it.
   */
  publish(snapshot: Snapshot, over: SnapshotPointer | undefined, at: Instant): Promise<boolean>;
}

/** What was published, as far back as it is kept. @throws Unavailable. */
export interface SnapshotHistory extends Pick<SnapshotStore, "pointer"> {
  /** The content that was published at `at`, and at most `most` that followed it, in order; none when that is not kept. */
  from(surface: string, at: Instant, most: number): Promise<readonly SnapshotContent[]>;
  /** The content first published under this version. */
  content(surface: string, since: number): Promise<SnapshotContent | undefined>;
  /** Undefined when it is no longer kept. */
  recall(surface: string, content: SnapshotContent): Promise<Snapshot | undefined>;
}

/** Kill switches, and the board of those that are thrown. @throws Unavailable. */
export interface SwitchStore {
  /** Consistent. */
  board(): Promise<Board>;
  get(id: string): Promise<KillSwitch | undefined>;
  /** Every switch there ever was. Consistent. */
  all(): Promise<readonly KillSwitch[]>;
  /** Lifted ones in order of their making: of at most `limit` switches behind the position `after`. */
  lifted(page: {
    readonly limit: number;
    readonly after: string | null;
  }): Promise<{ readonly switches: readonly KillSwitch[]; readonly next: string | null }>;
  /** Both at once. @throws Refusal `changed-meanwhile`. */
  save(switching: Switching, commitment: Commitment): Promise<void>;
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

/** Every party's own ordered feed of changes, in the Registry. */
export interface FeedStore {
  /** Gives each announcement's entries their places, once however often and by however many it is called. @throws Unavailable. */
  announce(announcements: readonly Announcement[]): Promise<void>;
  /** Of what no stream record has brought to announcement yet, the oldest. May lag behind the latest writes. */
  waiting(most: number): Promise<readonly AuditEvent[]>;
  /** At most so many changes that follow `since`, consistent; one may be missing among them (`unbroken`). */
  after(feed: string, since: number, most: number): Promise<readonly FedChange[]>;
  /** The sequence of the last change, 0 when there is none. Consistent. */
  end(feed: string): Promise<number>;
}

/** A change of a subscription, and where it then stands. */
export interface Subscribed {
  readonly subscription: Subscription;
  readonly progress: Progress;
}

export interface SubscriptionStore {
  get(feed: string, id: string): Promise<Subscribed | undefined>;
  ofFeed(feed: string): Promise<readonly Subscribed[]>;
  /** Of all feeds. May lag behind the latest writes. */
  active(): Promise<readonly Pick<Subscription, "feed" | "id">[]>;
  secret(subscription: Subscription): Promise<string | undefined>;
  /** @throws Refusal `too-many-webhooks`. */
  create(subscribed: Subscribed & { readonly secret: string; readonly most: number }, commitment: Commitment): Promise<void>;
  save(subscribed: Subscribed, commitment: Commitment): Promise<void>;
  remove(subscription: Subscription, commitment: Commitment): Promise<void>;
  /** False when another has moved it meanwhile. */
  proceed(subscription: Subscription, progress: Progress): Promise<boolean>;
}

/** A change as it is sent: `body` is what is signed. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

/** Sends a signed message once, and says what became of it; it throws for nothing a receiver or a network can do. */
export type SendWebhook = (to: { readonly url: string; readonly secret: string }, message: Message) => Promise<Attempt>;

/** Hosts' surfaces and marketplaces: data that ships with the code. */
export interface Catalogue {
  readonly surfaces: readonly Surface[];
  surface(id: string): Surface | undefined;
  marketplace(id: string): Marketplace | undefined;
}

/** One JSON line: a stable event name and flat fields. Never a body, a token or a viewer. */
export type Log = (level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, unknown>>) => void;
