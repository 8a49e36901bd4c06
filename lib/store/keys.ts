import type { StatementKey } from "../app/ports/statements.ts";
import type { Credit } from "../domain/credit.ts";
import type { KeyMark } from "../domain/key-mark.ts";
import type { Place } from "../domain/tally.ts";
import { DAY_MS, type Window } from "../domain/window.ts";
import { decisionDay, ordinal, servingKeys } from "./serving-keys.ts";
import type { Index, Key, Range } from "./table.ts";

/** Every key format of both tables; nowhere else is one written, but those that serving needs in `serving-keys.ts`. */

/** Registry: a brand's own things in order of making. */
export const LIST_INDEX: Index = { name: "list", pk: "listPk", sk: "listSk" };
/** Registry: what people have to look at, per surface and season. */
export const QUEUE_INDEX: Index = { name: "queue", pk: "queuePk", sk: "queueSk" };

const GRANTS = "GRANT#";
const LINKS = "#links";
const BATCH = "BATCH#";

/** Rows of an import: those it refused, and those it took in that changed something, or would. */
export type RowKind = "refused" | "taken";

export const keys = {
  ...servingKeys,

  application: (id: string): Key => ({ pk: `APPLICATION#${id}`, sk: "APPLICATION" }),
  /** What was submitted, each time. */
  revision: (application: string, revision: number): Key => ({ pk: `APPLICATION#${application}`, sk: `REVISION#${ordinal(revision)}` }),
  /** Key one, beside its application; each of its surfaces' lineups has a copy. */
  attestation: (application: string): Key => ({ pk: `APPLICATION#${application}`, sk: "ATTESTATION" }),
  /** Holds the place of the one application a brand may have to a season. */
  applied: (brand: string, season: string): Key => ({ pk: `BRAND#${brand}`, sk: `APPLIED#${season}` }),
  /** Holds a name, by what it looks like, for the first application of the season that has it, and its brand. `skeleton` is a digest. */
  name: (season: string, skeleton: string): Key => ({ pk: `NAME#${season}#${skeleton}`, sk: "NAME" }),
  /** Counts the places taken in a surface's trial. */
  places: (surface: string, season: string): Key => ({ pk: `PLACES#${surface}#${season}`, sk: "PLACES" }),
  receipt: (id: string): Key => ({ pk: `RECEIPT#${id}`, sk: "RECEIPT" }),
  import: (id: string): Key => ({ pk: `IMPORT#${id}`, sk: "IMPORT" }),
  /** A part of its list that was taken in, with what its rows claim. */
  importPart: (id: string, part: number): Key => ({ pk: `IMPORT#${id}`, sk: `PART#${ordinal(part)}` }),
  importParts: (id: string): Range => ({ pk: `IMPORT#${id}`, prefix: "PART#" }),
  /** What became of some rows, by the number of the last of them. */
  importRows: (kind: RowKind, id: string, row: number): Key => ({ pk: `IMPORT#${id}`, sk: `${kind.toUpperCase()}#${ordinal(row)}` }),
  importGroups: (kind: RowKind, id: string): Range => ({ pk: `IMPORT#${id}`, prefix: `${kind.toUpperCase()}#` }),
  /** Says which of the two keys somebody imports: one person, one key. `person` is a digest. */
  importer: (surface: string, season: string, person: string): Key => ({ pk: `IMPORTER#${surface}#${season}`, sk: person }),
  campaign: (id: string): Key => ({ pk: `CAMPAIGN#${id}`, sk: "CAMPAIGN" }),
  card: (id: string): Key => ({ pk: `CARD#${id}`, sk: "CARD" }),
  season: (id: string): Key => ({ pk: "SEASONS", sk: `SEASON#${id}` }),
  /** Counts publications, so that two cannot each miss the other's windows. */
  roster: { pk: "SEASONS", sk: "ROSTER" } satisfies Key,

  switch: (id: string): Key => ({ pk: "SWITCHES", sk: `SWITCH#${id}` }),

  /** What the host gave back, in order of brand; and how much of a campaign or card it has, by day and kind. */
  credit: ({ surface, season, brand, id }: Pick<Credit, "surface" | "season" | "brand" | "id">): Key => ({
    pk: `CREDITS#${surface}#${season}`,
    sk: `${brand}#${id}`,
  }),
  credits: (surface: string, season: string, brand?: string): Range => ({
    pk: `CREDITS#${surface}#${season}`,
    ...(brand === undefined ? {} : { prefix: `${brand}#` }),
  }),
  credited: ({ campaign, day, kind }: Pick<Credit, "campaign" | "day" | "kind">, of: string): Key => ({
    pk: `CREDITED#${campaign}`,
    sk: `${day}#${kind}#${of}`,
  }),

  lineup: (surface: string, season: string) => `LINEUP#${surface}#${season}`,
  servedAttestation: (surface: string, season: string, brand: string): Key => ({
    pk: keys.lineup(surface, season),
    sk: `ATTESTATION#${brand}`,
  }),
  grant: (surface: string, season: string, brand: string, id: string): Key => ({
    pk: keys.lineup(surface, season),
    sk: `${GRANTS}${brand}#${id}`,
  }),
  /** A brand's grants, or everybody's, in order of brand, then grant. */
  grants: (surface: string, season: string, brand?: string): Range => ({
    pk: keys.lineup(surface, season),
    prefix: brand === undefined ? GRANTS : `${GRANTS}${brand}#`,
  }),
  /** Where a grant stands among a lineup's, for a cursor to say; and its sort key again. */
  grantPosition: (sk: string) => sk.slice(GRANTS.length),
  grantAt: (position: string) => `${GRANTS}${position}`,
  servedCampaign: (surface: string, season: string, id: string): Key => ({ pk: keys.lineup(surface, season), sk: `CAMPAIGN#${id}` }),
  servedCard: (surface: string, season: string, id: string): Key => ({ pk: keys.lineup(surface, season), sk: `CARD#${id}` }),

  /** Version in the key: removing an earlier mark never takes a later one. */
  keyMark: ({ surface, season, brand, subject, version }: Omit<KeyMark, "from">): Key => ({
    pk: servingKeys.keyMarks(surface).pk,
    sk: `${season}#${brand}#${subject}#${ordinal(version)}`,
  }),

  /** Version in the key: one event per transition, by construction. */
  audit: (subject: string, version: number): Key => ({ pk: `AUDIT#${subject}`, sk: ordinal(version) }),
  outbox: (subject: string, version: number): Key => ({ pk: `OUTBOX#${subject}`, sk: ordinal(version) }),

  /** `feed` names a party: `host/wechat`. */
  feedHead: (feed: string): Key => ({ pk: `FEED#${feed}`, sk: "HEAD" }),
  fed: (feed: string, sequence: number): Key => ({ pk: `FEED#${feed}`, sk: `CHANGE#${ordinal(sequence)}` }),
  webhooks: (feed: string) => `WEBHOOKS#${feed}`,
  webhook: (feed: string, id: string): Key => ({ pk: keys.webhooks(feed), sk: `WEBHOOK#${id}` }),
  webhookSecret: (feed: string, id: string): Key => ({ pk: keys.webhooks(feed), sk: `SECRET#${id}` }),
  webhookProgress: (feed: string, id: string): Key => ({ pk: keys.webhooks(feed), sk: `PROGRESS#${id}` }),
  webhookCount: (feed: string): Key => ({ pk: keys.webhooks(feed), sk: "COUNT" }),

  /** What was published before, by the version under which it first was. */
  published: (surface: string, since: number): Key => ({ pk: `SNAPSHOT#${surface}`, sk: `HISTORY#${ordinal(since)}` }),

  /** The season clock's last tick, beside what it publishes. */
  tick: { pk: "CLOCK", sk: "TICK" } satisfies Key,

  /** An image, the parts of its file, and whose it is. */
  image: (sha256: string): Key => ({ pk: `IMAGE#${sha256}`, sk: "IMAGE" }),
  imagePart: (sha256: string, part: number): Key => ({ pk: `IMAGE#${sha256}`, sk: `PART#${ordinal(part)}` }),
  imageOfBrand: (sha256: string, brand: string): Key => ({ pk: `IMAGE#${sha256}`, sk: `BRAND#${brand}` }),

  /** The partitions of what was decided in the window. */
  decisionDays: (surface: string, { opensAt, closesAt }: Window): readonly string[] => {
    const days = new Set<string>();
    for (let at = opensAt; at < closesAt; at += DAY_MS) days.add(decisionDay(surface, at));
    return [...(opensAt < closesAt ? days.add(decisionDay(surface, closesAt - 1)) : days)];
  },

  /** A day's statement as it was first given, and the keys that signed any. */
  statement: ({ season, surface, day }: StatementKey): Key => ({ pk: `STATEMENT#${surface}#${season}`, sk: day }),
  statementKey: (kid: string): Key => ({ pk: "STATEMENTKEYS", sk: kid }),

  event: (decision: string, slot: number, kind: string): Key => ({ pk: `EVENT#${decision}#${slot}`, sk: kind }),
  /** Events of decisions of one minute that came in batches, and the taps that wait for theirs. */
  bucket: (surface: string, decidedAt: number) => `EVENTS#${surface}#${Math.floor(decidedAt / 60_000)}`,
  /** By how many batches there were before it: of two that are put at once one finds its place taken. */
  batch: (bucket: string, before: number): Key => ({ pk: bucket, sk: `${BATCH}${ordinal(before)}` }),
  isBatch: (sk: string) => sk.startsWith(BATCH),
  awaiting: (bucket: string, fingerprint: string): Key => ({ pk: bucket, sk: `AWAITING#${fingerprint}` }),
  awaitingIn: (bucket: string): Range => ({ pk: bucket, prefix: "AWAITING#" }),

  tallies: (surface: string, season: string) => `TALLY#${surface}#${season}`,
  /** Of a day of UTC (`2026-06-01`), or of a brand in it, so that a report of a few days reads those alone. */
  talliesOf: (surface: string, season: string, day: string, brand?: string): Range => ({
    pk: keys.tallies(surface, season),
    prefix: brand === undefined ? `${day}#` : `${day}#${brand}#`,
  }),
  /** The counts of a card in an hour, and beside them those of where its taps went. */
  tally: ({ surface, season, brand, campaign, card, phase, hour }: Place, kind: "card" | "links"): Key => ({
    pk: keys.tallies(surface, season),
    sk: `${hour.slice(0, "2026-06-01".length)}#${brand}#${campaign}#${card}#${phase}#${hour}${kind === "links" ? LINKS : ""}`,
  }),
  /** What the two have in common. */
  tallyOfRow: (sk: string) => (sk.endsWith(LINKS) ? sk.slice(0, -LINKS.length) : sk),
  deliveredIn: ({ surface, season, hour }: Pick<Place, "surface" | "season" | "hour">) => `DELIVERED#${surface}#${season}#${hour}`,
  /** The accounts of a season's fair share. */
  books: (surface: string, season: string): Key => ({ pk: `FAIR#${surface}#${season}`, sk: "BOOKS" }),
  delivered: (place: Pick<Place, "surface" | "season" | "hour">, brand: string): Key => ({ pk: keys.deliveredIn(place), sk: brand }),
  /** How far a shard of the Delivery table's stream is folded, and what of it cannot be. */
  checkpoint: (shard: string): Key => ({ pk: `FOLD#${shard}`, sk: "CHECKPOINT" }),
  putAside: (shard: string, sequence: string): Key => ({ pk: `FOLD#${shard}`, sk: `ASIDE#${sequence}` }),
} as const;

/** Whether a change to this Registry item can change what is served. */
export const isServed = (pk: string): boolean => pk === "SEASONS" || pk.startsWith("LINEUP#");

/** Whether the Registry item is a change that waits to be announced. */
export const isOutbox = (pk: string): boolean => pk.startsWith("OUTBOX#");

const WAITING_PARTITIONS = 8;

/** The queue index's partitions of what has not been announced yet; several, so that a burst of changes meets no hot one. */
export const WAITING: readonly string[] = Array.from({ length: WAITING_PARTITIONS }, (_, n) => `OUTBOX#${n}`);

/** Where a change waits until it is announced. Event ids sort by time. */
export const waiting = (event: string) => ({
  [QUEUE_INDEX.pk]: `OUTBOX#${event.charCodeAt(event.length - 1) % WAITING_PARTITIONS}`,
  [QUEUE_INDEX.sk]: event,
});
