import type { Attestation } from "./attestation.ts";
import type { Parties, Role, User } from "./authorisation.ts";
import type { Grant } from "./grant.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { type Season, span } from "./season.ts";
import { skeleton } from "./text.ts";
import { type Ground, rowFaults, type WhitelistRow } from "./whitelist-row.ts";
import type { Instant } from "./window.ts";

/** Which of the two keys an import turns. Never both: the file is the same, the hands are not. */
export type ImportedKey = "attestation" | "grant";

export interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
}

/** A list of brands agreed outside, and how far it has been taken in. */
export interface Import extends Parties {
  readonly id: string;
  readonly key: ImportedKey;
  readonly surface: string;
  readonly season: string;
  readonly state: "open" | "finished";
  readonly by: string;
  readonly begunAt: Instant;
  /** Rows taken in, from the first. */
  readonly rows: number;
  /** Of the rows taken in, chained; tells a resumed file whose beginning is another. */
  readonly digest: string;
  readonly counts: Counts;
  /** Says what a real one would do, and writes nothing to the whitelist. */
  readonly dryRun: boolean;
  /** Parts taken in of a list that is sent in parts; null for a file that is read at one go. */
  readonly parts: number | null;
  /** The part after those, while somebody takes it in; or until when somebody who was stopped would have. */
  readonly underWay: { readonly content: string; readonly until: Instant } | null;
  readonly version: number;
}

/** Each side imports the key it may turn by hand; whoever turns neither imports neither. */
export const importedKeyOf = (role: Role): ImportedKey | undefined =>
  role === "attester" ? "attestation" : role === "reviewer" ? "grant" : undefined;

/** Every row is told as its importer's: nobody else goes on with it. @throws Refusal `not-the-importer`. */
export function expectImporter({ by, key }: Import, { sub, role }: Pick<User, "sub" | "role">): void {
  if (by !== sub || key !== importedKeyOf(role)) throw new Refusal("not-the-importer");
}

export const NO_COUNTS: Counts = { added: 0, changed: 0, unchanged: 0, refused: 0 };

interface Start {
  readonly id: string;
  readonly key: ImportedKey;
  readonly surface: string;
  readonly season: Season;
  readonly by: string;
  readonly at: Instant;
  readonly dryRun: boolean;
  readonly inParts: boolean;
}

/** An import begins empty. @throws Refusal `season-not-open-to-applications`, or `not-admissible` when the season is not held on the surface. */
export function beginImport({ id, key, surface, season, by, at, dryRun, inParts }: Start): Import {
  if (season.status !== "scheduled" && season.status !== "open") throw new Refusal("season-not-open-to-applications");
  if (!season.admissions.some((each) => each.surface === surface))
    throw new Refusal("not-admissible", [
      { code: "surface-not-in-season", field: "/surface", detail: `${season.id} is not held on this surface.` },
    ]);
  return {
    id,
    key,
    surface,
    season: season.id,
    // Of no one brand; no tenant has this name.
    brand: "",
    marketplace: season.marketplace,
    host: season.host,
    state: "open",
    by,
    begunAt: at,
    rows: 0,
    digest: "",
    counts: NO_COUNTS,
    dryRun,
    parts: inParts ? 0 : null,
    underWay: null,
    version: 1,
  };
}

/** The import after some more rows. @throws Refusal `wrong-state`. */
export function advanced(before: Import, outcomes: readonly Outcome[], digest: string): Import {
  if (before.state !== "open") throw new Refusal("wrong-state");
  return {
    ...before,
    rows: before.rows + outcomes.length,
    digest,
    counts: counted(before.counts, outcomes),
    version: before.version + 1,
  };
}

/** All of the file is in. @throws Refusal `wrong-state`. */
export function finished(before: Import): Import {
  if (before.state !== "open") throw new Refusal("wrong-state");
  return { ...before, state: "finished", version: before.version + 1 };
}

/** The counts with these outcomes added. */
export function counted(counts: Counts, outcomes: readonly Pick<Outcome, "outcome">[]): Counts {
  const sum = { ...counts };
  for (const { outcome } of outcomes) sum[outcome]++;
  return sum;
}

/** What an import does, or would do, with one row. */
export interface Outcome {
  /** From 1, the header not counted. */
  readonly row: number;
  readonly outcome: keyof Counts;
  /** Null when the row does not say. */
  readonly brand: string | null;
  /** Of the grant, or of the entry that is attested; null for a refused row. */
  readonly id: string | null;
  /** What a change changes; empty for the others. */
  readonly fields: readonly string[];
  /** Why a row is refused. */
  readonly reasons: readonly Reason[];
}

/** A row as it was read: its number, and what it says or why it says nothing. */
export interface ReadRow {
  readonly row: number;
  /** As it stands in the file, for the digest. */
  readonly text: string;
  readonly said: WhitelistRow | { readonly faults: readonly Reason[] };
}

/** What is stored that a row meets. */
export interface Standing {
  /** The key of this brand, by either way; the event that wrote it last. */
  readonly key: { readonly thing: Attestation | Grant; readonly event: string } | undefined;
  /** How the brand came into the season: by an application of its own, or by an import. */
  readonly place: "applied" | "imported" | undefined;
  /** Digests of what the row's names look like, each once, and the brand of the season that holds it. */
  readonly names: readonly { readonly look: string; readonly heldBy: string | undefined }[];
}

/** What the rows before have claimed. */
export interface Claims {
  readonly brands: Set<string>;
  /** By look. As no brand has two rows, each is another brand's. */
  readonly names: Set<string>;
  /** Places left on the surface. */
  places: number;
}

/** Ids that a row gives rise to, the same ones whenever it is taken in. */
export interface RowIds {
  /** Stands where keys that come of an application name it. */
  readonly entry: string;
  readonly grant: string;
  readonly event: string;
}

/** The outcome of a row, and for one that is to be written, the key as it will be. */
export interface Plan {
  readonly outcome: Outcome;
  readonly row: WhitelistRow | undefined;
  readonly key: Attestation | Grant | undefined;
  readonly ids: RowIds;
}

const refusal = (code: string, field: string, detail: string): Reason => ({ code, field, detail });

/**
 * What becomes of a row. Pure, and the same for a dry run and a real one. A row refused claims its brand and nothing else,
 * so whether a later row is a repetition depends on the file alone.
 */
export function planRow(read: ReadRow, into: Import, ground: Ground, standing: Standing, claims: Claims, ids: RowIds): Plan {
  const brand = "faults" in read.said ? null : read.said.brand;
  const outcome = (kind: keyof Counts, rest: Partial<Outcome> = {}): Outcome => ({
    row: read.row,
    outcome: kind,
    brand,
    id: kind === "refused" ? null : into.key === "grant" ? ids.grant : ids.entry,
    fields: [],
    reasons: [],
    ...rest,
  });
  const refused = (reasons: readonly Reason[]): Plan => ({ outcome: outcome("refused", { reasons }), row: undefined, key: undefined, ids });
  if ("faults" in read.said) return refused(read.said.faults);

  const row = read.said;
  const faults = claimedFaults(row, claims) ?? [...rowFaults(row, ground), ...standingFaults(row, standing, claims)];
  claims.brands.add(row.brand);
  if (faults.length > 0) return refused(faults);

  const before = standing.key;
  const isNew = before === undefined;
  const after = into.key === "grant" ? grantOf(row, into, ground, ids, before?.thing) : attestationOf(row, into, ids, before?.thing);
  const ours = before?.event === ids.event;
  if (isNew && into.key === "grant" && claims.places < 1)
    return refused([refusal("trial-full", "", "Every place of the trial on this surface is taken.")]);

  for (const { look } of standing.names) claims.names.add(look);
  // A run that was killed wrote it already: it counts as it did then.
  if (ours) return { outcome: outcome(before.thing.version === 1 ? "added" : "changed"), row, key: undefined, ids };
  if (isNew) {
    if (into.key === "grant") claims.places--;
    return { outcome: outcome("added"), row, key: after, ids };
  }
  const fields = changedFields(before.thing, after);
  if (fields.length === 0) return { outcome: outcome("unchanged"), row, key: undefined, ids };
  return { outcome: outcome("changed", { fields }), row, key: after, ids };
}

/** What a name looks like; once when both languages have the same. */
export const skeletons = ({ names }: Pick<WhitelistRow, "names">): readonly string[] => {
  const [zh, en] = [skeleton(names.zh), skeleton(names.en)];
  return zh === en ? [zh] : [zh, en];
};

const claimedFaults = ({ brand }: WhitelistRow, { brands }: Claims): Reason[] | undefined =>
  brands.has(brand) ? [refusal("brand-repeated", "/brand", "An earlier row of the file is about this brand.")] : undefined;

function standingFaults(row: WhitelistRow, { key, place, names }: Standing, claims: Claims): Reason[] {
  const faults: Reason[] = [];
  if (place === "applied")
    faults.push(refusal("already-applied", "/brand", "The brand has an application of its own to this season: decide on that."));
  if (names.some(({ look, heldBy }) => (heldBy !== undefined && heldBy !== row.brand) || claims.names.has(look)))
    faults.push(refusal("name-looks-alike", "/names", "Another brand of this season has a name that reads the same."));
  if (key && key.thing.state !== "current")
    faults.push(refusal(`key-${key.thing.state}`, "/brand", "Somebody has turned this key by hand; no import turns it back."));
  return faults;
}

type Fields<K> = readonly (keyof K & string)[];
const GRANT_FIELDS: Fields<Grant> = ["names", "phases", "templates", "dailyShare", "storeId", "storeType"];
const ATTESTATION_FIELDS: Fields<Attestation> = ["expiresAt", "storeType"];

function changedFields(before: Attestation | Grant, after: Attestation | Grant): readonly string[] {
  if ("names" in before && "names" in after) return differing(GRANT_FIELDS, before, after);
  return differing(ATTESTATION_FIELDS, before as Attestation, after as Attestation);
}

const differing = <K>(fields: Fields<K>, before: K, after: K): readonly string[] =>
  fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));

const common = (row: WhitelistRow, { season, marketplace, host }: Import, ids: RowIds, before: Attestation | Grant | undefined) => ({
  application: ids.entry,
  brand: row.brand,
  marketplace,
  host,
  season,
  storeType: row.store.type,
  state: "current" as const,
  reason: null,
  version: (before?.version ?? 0) + 1,
});

const grantOf = (row: WhitelistRow, into: Import, { season }: Ground, ids: RowIds, before: Attestation | Grant | undefined): Grant => ({
  ...common(row, into, ids, before),
  id: ids.grant,
  names: row.names,
  surface: into.surface,
  phases: row.phases,
  templates: row.templates,
  dailyShare: row.dailyShare,
  storeId: row.store.id,
  grantedBy: into.by,
  grantedAt: into.begunAt,
  expiresAt: span(season).closesAt,
});

const attestationOf = (row: WhitelistRow, into: Import, ids: RowIds, before: Attestation | Grant | undefined): Attestation => ({
  ...common(row, into, ids, before),
  // Of the file; an application's revisions count from 1.
  revision: 0,
  surfaces: [into.surface],
  attestedBy: into.by,
  attestedAt: into.begunAt,
  expiresAt: row.attestedUntil,
});
