import { createHash } from "node:crypto";
import type { AskedRow, ImportedRow, ImportStore } from "../app/ports/imports.ts";
import * as schemas from "../contracts/imports.ts";
import * as keySchemas from "../contracts/keys.ts";
import type { Attestation } from "../domain/attestation.ts";
import type { Grant } from "../domain/grant.ts";
import { type Import, type Outcome, type Standing, skeletons } from "../domain/import.ts";
import type { Part } from "../domain/import-part.ts";
import { Refusal } from "../domain/refusal.ts";
import { before, type Count, commit, type Put, restored, stored, together } from "./commit.ts";
import { markPuts } from "./key-marks.ts";
import { keys, type RowKind } from "./keys.ts";
import { type Change, commitAll } from "./pack.ts";
import type { Item, Key, Table } from "./table.ts";

/** Transactions under way at a time. All write one partition, which AWS holds to 1,000 units a second: more would only meet in conflicts. */
const IN_FLIGHT = 2;

/** Imports of the whitelist, in the Registry. */
export function importStore(registry: Table): ImportStore {
  return {
    async get(id) {
      const item = await registry.get(keys.import(id));
      return item && restored(schemas.imported, item);
    },

    async begin(into, commitment) {
      const { surface, season, by, key } = into;
      const importer = keys.importer(surface, season, digest(by));
      const earlier = await registry.get(importer);
      if (earlier && earlier["imports"] !== key) throw new Refusal("self-review");
      const hands = earlier || into.dryRun ? [] : [absent(importer, { version: 1, imports: key })];
      await commit(registry, [put(into), ...hands], commitment);
    },

    async standings(into, rows) {
      const wanted = rows.map((row) => row && lookupsOf(into, row));
      const distinct = new Map(wanted.flatMap((each) => (each ? each.all : [])).map((key) => [named(key), key]));
      const found = new Map((await registry.getAll([...distinct.values()])).map((item) => [named(item), item]));
      return wanted.map((each) => each && standingOf(into, each, (key) => found.get(named(key))));
    },

    write: (into, rows, capacity) =>
      commitAll(
        registry,
        rows.map((row) => changeOf(into, row, capacity)),
        IN_FLIGHT,
      ),

    async advance(into, refused) {
      await together(registry, [put(into), ...groupPuts("refused", into.id, refused)], tokenOf(into));
    },

    async hold(into, attempt) {
      await together(registry, [put(into)], attempt);
    },

    async endPart(into, part, claimed) {
      const refused = part.outcomes.filter(({ outcome }) => outcome === "refused");
      const taken = part.outcomes.filter(({ outcome }) => outcome !== "refused");
      const groups = [...groupPuts("refused", into.id, refused), ...groupPuts("taken", into.id, taken)];
      const { outcomes: _, ...kept } = part;
      const attributes = { ...kept, ...claimed, groups: groups.map(({ key }) => key.sk) };
      await together(registry, [put(into), absent(keys.importPart(into.id, part.part), attributes), ...groups], tokenOf(into));
    },

    async part(id, number) {
      const key = keys.importPart(id, number);
      const item = await registry.get(key);
      if (!item) return undefined;
      const groups = await registry.getAll((item["groups"] as readonly string[]).map((sk) => ({ pk: key.pk, sk })));
      const { part, content, rows, counts } = item as unknown as Part;
      return { part, content, rows, counts, outcomes: groups.flatMap(rowsIn).sort((one, other) => one.row - other.row) };
    },

    async claimed(id) {
      const parts = await registry.queryAll(keys.importParts(id));
      return { brands: parts.flatMap((item) => item["brands"] as string[]), names: parts.flatMap((item) => item["names"] as string[]) };
    },

    async finish(into, commitment) {
      await commit(registry, [put(into)], commitment);
    },

    async refused(id, { limit, after }) {
      const found: Outcome[] = [];
      let last: string | undefined = keys.importRows("refused", id, after).sk;
      while (last !== undefined && found.length <= limit) {
        const page = await registry.page(keys.importGroups("refused", id), { after: last });
        found.push(...page.items.flatMap(rowsIn).filter(({ row }) => row > after));
        last = page.last;
      }
      const refused = found.slice(0, limit);
      return { refused, next: found.length > limit ? (refused.at(-1)?.row ?? null) : null };
    },
  };
}

const put = (into: Import): Put => ({
  key: keys.import(into.id),
  attributes: { version: into.version, ...stored(schemas.imported, into) },
  over: before(into.version),
  otherwise: "changed-meanwhile",
});

/** One transaction takes an import to its next version, whoever sends it. */
const tokenOf = ({ id, version }: Import): string => digest(`${id} ${version}`).slice(0, 36);

/** So that an item stays under 400 kB. */
const ROWS_IN_ITEM = 250;
const MOST_REASONS = 3;
const LONGEST_DETAIL = 200;

const brief = (outcome: Outcome): Outcome => ({
  ...outcome,
  reasons: outcome.reasons.slice(0, MOST_REASONS).map((reason) => ({ ...reason, detail: reason.detail.slice(0, LONGEST_DETAIL) })),
});

const rowsIn = (item: Item): readonly Outcome[] => item["rows"] as readonly Outcome[];

/** What became of rows, some to an item, by the number of its last row: what lies behind a row is in the items behind it. */
const groupPuts = (kind: RowKind, id: string, outcomes: readonly Outcome[]): readonly Put[] =>
  inGroups(outcomes, ROWS_IN_ITEM).map((rows) => absent(keys.importRows(kind, id, rows.at(-1)?.row ?? 0), { rows: rows.map(brief) }));

const inGroups = <T>(things: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(things.length / size) }, (_, group) => things.slice(group * size, (group + 1) * size));

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const named = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

interface Lookups {
  readonly turned: Key;
  readonly place: Key;
  readonly names: readonly { readonly look: string; readonly key: Key }[];
  readonly all: readonly Key[];
}

function lookupsOf(into: Import, { row, ids }: AskedRow): Lookups {
  const turned = keyOf(into, row.brand, ids.grant);
  const place = keys.applied(row.brand, into.season);
  const names = skeletons(row)
    .map(digest)
    .map((look) => ({ look, key: keys.name(into.season, look) }));
  return { turned, place, names, all: [turned, place, ...names.map(({ key }) => key)] };
}

const keyOf = ({ key, surface, season }: Import, brand: string, grant: string): Key =>
  key === "grant" ? keys.grant(surface, season, brand, grant) : keys.servedAttestation(surface, season, brand);

function standingOf({ key }: Import, { turned, place, names }: Lookups, itemAt: (key: Key) => Item | undefined): Standing {
  const [item, holder] = [itemAt(turned), itemAt(place)];
  return {
    key: item && { thing: thingIn(key, item), event: String(item["commit"]) },
    place: holder && (holder["imported"] === true ? "imported" : "applied"),
    names: names.map(({ look, key }) => ({ look, heldBy: itemAt(key)?.["brand"] as string | undefined })),
  };
}

const thingIn = (key: Import["key"], item: Item): Attestation | Grant =>
  key === "grant" ? restored(keySchemas.grant, item) : restored(keySchemas.attestation, item);

function changeOf(into: Import, { key: thing, standing, commitment }: ImportedRow, capacity: number | null): Change {
  const { brand, application } = thing;
  const held: Put[] = standing.names.flatMap(({ look, heldBy }) =>
    heldBy === undefined ? [absent(keys.name(into.season, look), { brand })] : [],
  );
  const place: Put[] = standing.place ? [] : [absent(keys.applied(brand, into.season), { application, imported: true })];
  const marks = markPuts(thing, standing.key?.thing);
  return { writes: [...turnedPuts(into, thing), ...marks, ...place, ...held], count: countOf(into, thing, capacity), commitment };
}

/** As an approval's grant and an application's attestation are kept, so that both are turned by hand in the same way. */
function turnedPuts({ surface, season }: Import, thing: Attestation | Grant): Put[] {
  const { brand, application, version } = thing;
  const rest = { over: before(version), otherwise: "changed-meanwhile" } as const;
  if ("names" in thing)
    return [{ key: keys.grant(surface, season, brand, thing.id), attributes: { version, ...stored(keySchemas.grant, thing) }, ...rest }];
  const attributes = { version, ...stored(keySchemas.attestation, thing) };
  return [
    { key: keys.servedAttestation(surface, season, brand), attributes, ...rest },
    { key: keys.attestation(application), attributes, ...rest },
  ];
}

const absent = (key: Key, attributes: Put["attributes"]): Put => ({ key, attributes, over: "absent", otherwise: "changed-meanwhile" });

/** A brand new to the whitelist takes a place on the surface. */
const countOf = ({ key, surface, season }: Import, { version }: Attestation | Grant, atMost: number | null): Count | undefined =>
  key === "grant" && version === 1 ? { key: keys.places(surface, season), add: 1, atMost, otherwise: "trial-full" } : undefined;
