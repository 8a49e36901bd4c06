import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Attestation } from "../../../lib/domain/attestation.ts";
import type { Role, User } from "../../../lib/domain/authorisation.ts";
import { eligible } from "../../../lib/domain/eligible.ts";
import type { Grant } from "../../../lib/domain/grant.ts";
import { check, type Keyring, publicEntries, publishedOn, viewOf, weigher } from "../../../lib/domain/whitelist.ts";
import { attestation, DAY, grant, HOUR, OPENING, PARTIES, refusalOf, SEASON_END, season, UNSTOPPED } from "./fixtures.ts";

const SURFACE = "wechat-moments";
const user = (role: Role, tenant: string): User => ({ sub: "somebody", role, tenant });
const NOT_FOUND = { code: "not-found", reasons: [] };

describe("of the whitelist", () => {
  const PLACE = { surface: SURFACE, season: "618-2024" };

  test.each([
    ["a reviewer of the host sees", user("reviewer", "wechat"), { ...PLACE, where: {} }],
    ["an operator of the host sees", user("operator", "wechat"), { ...PLACE, where: {} }],
    ["an auditor sees", user("auditor", "*"), { ...PLACE, where: {} }],
    ["an attester sees the marketplace's part of", user("attester", "tmall"), { ...PLACE, where: { marketplace: "tmall" } }],
    ["a brand sees its own part of", user("brand", "brd_1"), { ...PLACE, brand: "brd_1", where: {} }],
  ])("%s it", (_, who, view) => {
    expect(viewOf(who, season(), SURFACE)).toEqual(view);
  });

  test("a filter narrows what is seen, never whose", () => {
    const filter = { state: "revoked", storeType: "flagship", brand: "brd_1" } as const;
    const where = { state: "revoked", storeType: "flagship" };
    expect(viewOf(user("reviewer", "wechat"), season(), SURFACE, filter)).toEqual({ ...PLACE, brand: "brd_1", where });
    expect(viewOf(user("brand", "brd_1"), season(), SURFACE, filter)).toEqual({ ...PLACE, brand: "brd_1", where });
    expect(viewOf(user("attester", "tmall"), season(), SURFACE, filter)).toEqual({
      ...PLACE,
      brand: "brd_1",
      where: { ...where, marketplace: "tmall" },
    });
  });

  test("a brand that asks for another's part sees none, as if that brand were nobody", () => {
    expect(viewOf(user("brand", "brd_2"), season(), SURFACE, { brand: "brd_1" })).toBeUndefined();
    expect(viewOf(user("brand", "brd_2"), season(), SURFACE, { brand: "brd_nobody" })).toBeUndefined();
  });

  test.each(["reviewer", "operator", "feed"] as const)("a %s of another host does not find the season", (role) => {
    expect(refusalOf(() => viewOf(user(role, "another"), season(), SURFACE))).toEqual(NOT_FOUND);
    expect(refusalOf(() => viewOf(user(role, "tmall"), season(), SURFACE))).toEqual(NOT_FOUND);
  });

  test("nor does an attester of another marketplace", () => {
    for (const tenant of ["jd", "wechat"]) expect(refusalOf(() => viewOf(user("attester", tenant), season(), SURFACE))).toEqual(NOT_FOUND);
  });

  test("nobody finds a season that is unknown, a draft, or not held on the surface", () => {
    for (const who of [user("auditor", "*"), user("reviewer", "wechat"), user("brand", "brd_1")])
      for (const [found, surface] of [
        [undefined, SURFACE],
        [season({ status: "draft" }), SURFACE],
        [season({ status: "cancelled" }), SURFACE],
        [season(), "another-surface"],
      ] as const) {
        expect(refusalOf(() => viewOf(who, found, surface))).toEqual(NOT_FOUND);
        expect(refusalOf(() => publishedOn(found, surface))).toEqual(NOT_FOUND);
      }
  });

  test.each(["scheduled", "open", "closed"] as const)("a %s season is found", (status) => {
    expect(publishedOn(season({ status }), SURFACE).id).toBe("618-2024");
  });
});

const keyring = (grants: readonly Grant[], attestations: readonly Attestation[]): Keyring => ({
  grants: Map.groupBy(grants, ({ brand }) => brand),
  attestations: new Map(attestations.map((each) => [each.brand, each])),
});

describe("a check of many brands", () => {
  const state = fc.constantFrom("current" as const, "suspended" as const, "revoked" as const);
  const ends = fc.constantFrom(OPENING, OPENING + HOUR, SEASON_END);
  const phases = fc.subarray(["wave-1", "wave-2"]);
  const known = fc.record({
    grants: fc.array(fc.record({ state, expiresAt: ends, phases }), { maxLength: 2 }),
    attestation: fc.option(fc.record({ state, expiresAt: ends })),
  });

  const asked = { season: season(), surface: "wechat-moments", switches: [] };

  test("says of each just what eligible says of it alone, in the order asked", () => {
    fc.assert(
      fc.property(fc.array(known, { maxLength: 20 }), fc.integer({ min: OPENING - DAY, max: SEASON_END + DAY }), (all, at) => {
        const brands = all.map((_, index) => `brd_${index}`);
        const grants = all.flatMap((each, index) => each.grants.map((one) => grant({ ...one, brand: `brd_${index}` })));
        const attestations = all.flatMap((each, index) =>
          each.attestation ? [attestation({ ...each.attestation, brand: `brd_${index}` })] : [],
        );
        expect(check(brands, asked, keyring(grants, attestations), at)).toEqual(
          all.map((each, index) => ({ brand: brands[index], ...eligible({ ...UNSTOPPED, season: season(), ...each }, at) })),
        );
      }),
    );
  });

  test("of a brand nobody has heard of says that it is not whitelisted and not vouched for", () => {
    expect(check(["brd_9"], asked, keyring([grant()], [attestation()]), OPENING + 1_000)).toEqual([
      { brand: "brd_9", eligible: false, reasons: ["brand-not-whitelisted", "attestation-missing"] },
    ]);
  });
});

describe("the public list", () => {
  const list = (grants: readonly Grant[], attestations: readonly Attestation[] = [attestation()], at = OPENING - HOUR) =>
    publicEntries(season(), keyring(grants, attestations), at);

  test("has of a brand its names, store type, marketplace and phases, and nothing else", () => {
    expect(list([grant()])).toEqual([
      { brand: PARTIES.brand, names: grant().names, storeType: "flagship", marketplace: "tmall", phases: ["wave-1", "wave-2"] },
    ]);
  });

  test("has a brand before its phases open, between them and while they are open", () => {
    for (const at of [OPENING - 30 * DAY, OPENING, OPENING + HOUR, SEASON_END - 1_000])
      expect(list([grant()], undefined, at)).toHaveLength(1);
  });

  test("is empty once the keys have ended with the season", () => {
    expect(list([grant()], undefined, SEASON_END)).toEqual([]);
  });

  test.each([
    ["a suspended grant", [grant({ state: "suspended" })], [attestation()]],
    ["a revoked grant", [grant({ state: "revoked" })], [attestation()]],
    ["a grant that has ended", [grant({ expiresAt: OPENING - DAY })], [attestation()]],
    ["a suspended attestation", [grant()], [attestation({ state: "suspended" })]],
    ["a revoked attestation", [grant()], [attestation({ state: "revoked" })]],
    ["an attestation that has ended", [grant()], [attestation({ expiresAt: OPENING - DAY })]],
    ["no attestation", [grant()], []],
    ["no grant", [], [attestation()]],
  ])("leaves out a brand with %s", (_, grants, attestations) => {
    expect(list(grants, attestations)).toEqual([]);
  });

  test("has a brand once, with the phases of all its current grants in the season's order", () => {
    const second = grant({ id: "grt_2", phases: ["wave-1"] });
    expect(list([grant({ phases: ["wave-2"] }), second]).map(({ phases }) => phases)).toEqual([["wave-1", "wave-2"]]);
    expect(list([grant({ phases: ["wave-2"] }), { ...second, state: "revoked" as const }]).map(({ phases }) => phases)).toEqual([
      ["wave-2"],
    ]);
  });
});

describe("the weight of a reply", () => {
  test("is that of its JSON, as a string in JSON, in UTF-8", () => {
    const thing = { name: '名 "quoted"\n' };
    const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(thing)));
    expect(() => weigher(bytes)([thing])).not.toThrow();
    expect(refusalOf(() => weigher(bytes - 1)([thing]))).toEqual({ code: "list-too-long", reasons: [] });
  });

  test("adds up over all its parts", () => {
    const weigh = weigher(3 * JSON.stringify('"ab"').length);
    weigh(["ab"]);
    weigh(["ab", "ab"]);
    weigh([]);
    expect(refusalOf(() => weigh(["ab"])).code).toBe("list-too-long");
  });
});
