import { describe, expect, test } from "@jest/globals";
import type { Grant } from "../../../lib/domain/grant.ts";
import {
  beginImport,
  type Claims,
  expectImporter,
  importedKeyOf,
  planRow,
  type ReadRow,
  type Standing,
} from "../../../lib/domain/import.ts";
import type { WhitelistRow } from "../../../lib/domain/whitelist-row.ts";
import { CLOSES_AT, season } from "../../support/samples.ts";

const SEASON = season();
const begin = (role: "attester" | "reviewer") =>
  beginImport({
    id: "imp_1",
    key: importedKeyOf(role) ?? "grant",
    surface: "moments",
    season: SEASON,
    by: "wei",
    at: 5,
    dryRun: false,
    inParts: false,
  });
const GROUND = { season: SEASON, surface: "moments", templates: ["310"], at: 5 };
const IDS = { entry: "ent_1", grant: "grt_1", event: "evt_1" };
const NOTHING: Standing = { key: undefined, place: undefined, names: [{ look: "jilu", heldBy: undefined }] };
const claims = (changes: Partial<Claims> = {}): Claims => ({ brands: new Set(), names: new Set(), places: 9, ...changes });
const ROW: WhitelistRow = {
  brand: "lanmo",
  names: { zh: "霁鹭", en: "Jilu" },
  store: { id: "1", type: "flagship" },
  marketplace: "tmall",
  phases: ["main"],
  templates: ["310"],
  attestedUntil: 6,
  dailyShare: null,
};
const read = (changes: Partial<WhitelistRow> = {}): ReadRow => ({ row: 1, text: "", said: { ...ROW, ...changes } });
const plan = (changes: Partial<WhitelistRow> = {}, standing = NOTHING, claimed = claims()) =>
  planRow(read(changes), begin("reviewer"), GROUND, standing, claimed, IDS);
const codes = ({ outcome }: ReturnType<typeof plan>) => outcome.reasons.map(({ code, field }) => `${code} ${field}`);

describe("who imports which key", () => {
  test.each([
    ["attester", "attestation"],
    ["reviewer", "grant"],
    ["operator", undefined],
    ["brand", undefined],
    ["auditor", undefined],
  ] as const)("%s: %s", (role, key) => {
    expect(importedKeyOf(role)).toBe(key);
  });

  test("an import is gone on with by whoever began it, in the same role", () => {
    const into = begin("reviewer");
    expect(() => expectImporter(into, { sub: "wei", role: "reviewer" })).not.toThrow();
    for (const [sub, role] of [
      ["ann", "reviewer"],
      ["wei", "attester"],
      ["wei", "operator"],
    ] as const)
      expect(() => expectImporter(into, { sub, role })).toThrow(expect.objectContaining({ code: "not-the-importer" }));
  });

  test("a season that is not held on the surface, or is a draft or closed, takes none", () => {
    const start = {
      id: "imp_1",
      key: "grant",
      surface: "moments",
      season: SEASON,
      by: "wei",
      at: 5,
      dryRun: false,
      inParts: false,
    } as const;
    expect(() => beginImport({ ...start, surface: "other" })).toThrow(expect.objectContaining({ code: "not-admissible" }));
    for (const status of ["draft", "closed"] as const)
      expect(() => beginImport({ ...start, season: season({ status }) })).toThrow(
        expect.objectContaining({ code: "season-not-open-to-applications" }),
      );
  });
});

describe("a row", () => {
  test("of a new brand adds a grant that ends with its season", () => {
    const { outcome, key } = plan();
    expect(outcome).toMatchObject({ outcome: "added", brand: "lanmo", id: "grt_1", fields: [], reasons: [] });
    expect(key).toMatchObject({ id: "grt_1", application: "ent_1", state: "current", expiresAt: CLOSES_AT, version: 1, grantedBy: "wei" });
  });

  test("of a new brand adds, for the marketplace, an attestation that ends when the file says", () => {
    const { outcome, key } = planRow(read(), begin("attester"), GROUND, NOTHING, claims({ places: 0 }), IDS);
    expect(outcome).toMatchObject({ outcome: "added", id: "ent_1" });
    expect(key).toMatchObject({ application: "ent_1", attestedBy: "wei", expiresAt: 6, surfaces: ["moments"], storeType: "flagship" });
  });

  test.each([
    [{ marketplace: "other" }, "marketplace-not-in-season /marketplace"],
    [{ store: { id: "1", type: "independent" } }, "store-type-not-admitted /store/type"],
    [{ phases: ["main", "none"] }, "phases-unknown /phases/1"],
    [{ templates: ["none"] }, "templates-unknown /templates/0"],
    [{ attestedUntil: 5 }, "attestation-expired /attestedUntil"],
  ])("that breaks a rule is refused: %j", (changes, fault) => {
    const planned = plan(changes);
    expect(codes(planned)).toEqual([fault]);
    expect(planned).toMatchObject({ key: undefined, outcome: { outcome: "refused", id: null } });
  });

  test("that says nothing is refused with what is wrong with it", () => {
    const reasons = [{ code: "row-unreadable", field: "", detail: "?" }];
    const planned = planRow({ row: 3, text: "", said: { faults: reasons } }, begin("reviewer"), GROUND, NOTHING, claims(), IDS);
    expect(planned.outcome).toEqual({ row: 3, outcome: "refused", brand: null, id: null, fields: [], reasons });
  });

  test("claims its brand also when it is refused, so that repetition depends on the file alone", () => {
    const claimed = claims();
    plan({ marketplace: "other" }, NOTHING, claimed);
    expect(codes(plan({}, NOTHING, claimed))).toEqual(["brand-repeated /brand"]);
  });

  test("claims no name when it is refused", () => {
    const claimed = claims();
    plan({ marketplace: "other" }, NOTHING, claimed);
    expect(plan({ brand: "other" }, NOTHING, claimed).outcome.outcome).toBe("added");
    expect(codes(plan({ brand: "third" }, NOTHING, claimed))).toEqual(["name-looks-alike /names"]);
  });

  test("whose brand has an application, or whose name is another's, is refused", () => {
    expect(codes(plan({}, { ...NOTHING, place: "applied" }))).toEqual(["already-applied /brand"]);
    expect(codes(plan({}, { ...NOTHING, names: [{ look: "jilu", heldBy: "other" }] }))).toEqual(["name-looks-alike /names"]);
    expect(plan({}, { ...NOTHING, place: "imported", names: [{ look: "jilu", heldBy: "lanmo" }] }).outcome.outcome).toBe("added");
  });

  test("takes a place of the trial when it is new, and is refused when there is none", () => {
    const claimed = claims({ places: 1 });
    expect(plan({}, { ...NOTHING, names: [] }, claimed).outcome.outcome).toBe("added");
    expect(codes(plan({ brand: "other" }, { ...NOTHING, names: [] }, claimed))).toEqual(["trial-full "]);
  });
});

describe("a row of a brand that is there", () => {
  const there = plan().key as Grant;
  const standing = (thing: Partial<Grant> = {}, event = "evt_0"): Standing => ({
    ...NOTHING,
    place: "imported",
    key: { thing: { ...there, grantedBy: "ann", grantedAt: 1, ...thing }, event },
  });

  test("writes nothing when it says what is there, whoever wrote that and when", () => {
    expect(plan({}, standing(), claims({ places: 0 }))).toMatchObject({ outcome: { outcome: "unchanged", id: "grt_1" }, key: undefined });
  });

  test("names each field it changes, and raises the version", () => {
    const { outcome, key } = plan({ dailyShare: 500, store: { id: "2", type: "flagship" } }, standing());
    expect(outcome).toMatchObject({ outcome: "changed", fields: ["dailyShare", "storeId"] });
    expect(key).toMatchObject({ version: 2, dailyShare: 500, storeId: "2" });
  });

  test.each(["suspended", "revoked"] as const)("never turns back a key that somebody has %s", (state) => {
    expect(codes(plan({}, standing({ state })))).toEqual([`key-${state} /brand`]);
  });

  test("counts as it did when a killed run of the same import wrote it, and is not written again", () => {
    expect(plan({}, standing({}, "evt_1"))).toMatchObject({ outcome: { outcome: "added" }, key: undefined });
    expect(plan({}, standing({ version: 2 }, "evt_1"))).toMatchObject({ outcome: { outcome: "changed" }, key: undefined });
  });
});
