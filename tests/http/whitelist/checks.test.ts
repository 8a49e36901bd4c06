import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { registryTable } from "../../../lib/deps/tables.ts";
import type { Attestation } from "../../../lib/domain/attestation.ts";
import type { Role, User } from "../../../lib/domain/authorisation.ts";
import { eligible } from "../../../lib/domain/eligible.ts";
import type { Grant } from "../../../lib/domain/grant.ts";
import type { Season } from "../../../lib/domain/season.ts";
import { seeded } from "../../../scripts/local/seeded.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { CLOSES, newBrand, OPENS, PLAN, PREPARING, SEASON, SERVING, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";
import { brandNumber, grantOf, keepRows, vouchFor } from "../../support/whitelist-rows.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());

const phases = PLAN.phases.map((phase) => ({ ...phase, opensAt: Date.parse(phase.opensAt), closesAt: Date.parse(phase.closesAt) }));
const season = { phases, status: "scheduled" } as unknown as Pick<Season, "status"> & { readonly phases: Season["phases"] };
const random = seeded(618);
const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const STATES = ["current", "current", "current", "current", "suspended", "revoked"] as const;
const ENDS = [OPENS, "2024-05-25T00:00:00Z", CLOSES].map((text) => Date.parse(text));
const PHASES = [["wave-1"], ["wave-2"], ["wave-1", "wave-2"]];

/** A thousand brands with every mixture of keys, from none to three grants. */
const brands = Array.from({ length: 1_000 }, (_, index) => brandNumber(index));
const keysOf = new Map<string, { readonly grants: readonly Grant[]; readonly attestation: Attestation | null }>(
  brands.map((brand) => [
    brand,
    {
      grants: Array.from({ length: one([0, 1, 1, 1, 2]) }, (_, n) =>
        grantOf(brand, n, { state: one(STATES), expiresAt: one(ENDS), phases: one(PHASES) }),
      ),
      attestation: one([true, true, false]) ? vouchFor(brand, { state: one(STATES), expiresAt: one(ENDS) }) : null,
    },
  ]),
);
const admitted = newBrand();
let keys: { readonly application: string; readonly grant: string };

beforeAll(async () => {
  await go.season();
  keys = await go.admit(admitted);
  await go.plan({ ...PLAN, id: "draft" });
  await keepRows(
    registryTable("write"),
    [...keysOf.values()].flatMap(({ grants, attestation }) => [...grants, ...(attestation ? [attestation] : [])]),
  );
});

const check = (body: object = {}, as: Caller = "feed") =>
  gate.call("POST /v1/whitelist/checks", { as, body: { surface: SURFACE, season: SEASON, brands: [admitted.tenant], ...body } });
const elsewhere = (role: Role, tenant: string): User => ({ sub: `usr_elsewhere_${role}`, role, tenant });

describe("a check of a thousand brands", () => {
  test.each([PREPARING, SERVING, "2024-05-29T12:00:00+08:00", "2024-06-01T00:00:00+08:00", CLOSES])(
    "at %s says of each, in the order asked, what one evaluation of it says",
    async (at) => {
      const asked = brands.toReversed();
      const { status, body } = await check({ at, brands: asked });
      expect(status).toBe(200);
      expect(body).toEqual({
        at: new Date(at).toISOString(),
        checks: asked.map((brand) => ({
          brand,
          ...eligible(
            {
              place: { host: "wechat", surface: SURFACE, season: SEASON, brand },
              switches: [],
              season,
              grants: [],
              attestation: null,
              ...keysOf.get(brand),
            },
            Date.parse(at),
          ),
        })),
      });
    },
  );

  test("is one of them all: some are eligible, and every reason is given to some", async () => {
    const { body } = await check({ at: SERVING, brands });
    const said = body.checks.map((each: { eligible: boolean; reasons: string[] }) => each.reasons);
    expect(new Set(said.flat())).toEqual(new Set(["brand-not-whitelisted", "grant-expired", "attestation-missing"]));
    expect(said.filter((reasons: string[]) => reasons.length === 0).length).toBeGreaterThan(50);
  });

  test("and one more is refused", async () => {
    expectProblem(await check({ brands: [...brands, admitted.tenant] }), { status: 400, code: "invalid-request" });
  });
});

describe("a check", () => {
  const of = async (body: object = {}, as: Caller = "feed") => (await check(body, as)).body.checks[0];

  test("without an instant is made as of now", async () => {
    await gate.setClock(PREPARING);
    expect((await check()).body).toEqual({
      at: new Date(PREPARING).toISOString(),
      checks: [{ brand: admitted.tenant, eligible: false, reasons: ["phase-not-open"] }],
    });
    await gate.setClock(SERVING);
    expect((await check()).body.checks).toEqual([{ brand: admitted.tenant, eligible: true, reasons: [] }]);
  });

  test.each(["feed", "reviewer", "operator", "auditor"] as const)("is made for the %s", async (role) => {
    expect(await of({ at: SERVING }, role)).toEqual({ brand: admitted.tenant, eligible: true, reasons: [] });
  });

  test("sees either key turned at once, and turned back", async () => {
    const reasons = async () => (await of({ at: SERVING })).reasons;
    await go.turnGrant(keys.application, keys.grant, "suspend");
    expect(await reasons()).toEqual(["grant-expired"]);
    await go.turnAttestation(keys.application, "suspend");
    expect(await reasons()).toEqual(["grant-expired", "attestation-missing"]);
    await go.turnGrant(keys.application, keys.grant, "reinstate");
    expect(await reasons()).toEqual(["attestation-missing"]);
    await go.turnAttestation(keys.application, "reinstate");
    expect(await reasons()).toEqual([]);
  });

  test("of a brand that nobody knows is answered like that of one without keys", async () => {
    expect(await of({ at: SERVING, brands: [brandNumber(999_999)] })).toEqual({
      brand: brandNumber(999_999),
      eligible: false,
      reasons: ["brand-not-whitelisted", "attestation-missing"],
    });
  });

  test.each([
    ["no brand", { brands: [] }],
    ["a brand named twice", { brands: [admitted.tenant, admitted.tenant] }],
    ["something that is no brand", { brands: ["lanmo"] }],
    ["brands that are no list", { brands: admitted.tenant }],
    ["an instant without an offset", { at: "2024-05-20T20:00:00" }],
    ["no season", { season: undefined }],
    ["something unknown", { tenant: "wechat" }],
  ])("with %s is refused", async (_, body) => {
    expectProblem(await check(body), { status: 400, code: "invalid-request" });
  });

  test.each([
    ["an unknown season", { season: "nowhere" }],
    ["a draft", { season: "draft" }],
    ["another surface", { surface: "elsewhere" }],
  ])("of %s is not found", async (_, body) => {
    for (const as of ["feed", "reviewer", "operator", "auditor"] as const)
      expectProblem(await check(body, as), { status: 404, code: "not-found" });
  });

  test.each(["feed", "reviewer", "operator"] as const)("is not made for another host's %s", async (role) => {
    for (const tenant of ["another", "tmall", "*"])
      expectProblem(await check({}, elsewhere(role, tenant)), { status: 404, code: "not-found" });
  });

  test("is not for a brand, not even of itself, nor for an attester or a stranger", async () => {
    for (const as of [admitted, "attester"] as const) expectProblem(await check({}, as), { status: 403, code: "forbidden" });
    expectProblem(await check({}, null), { status: 401, code: "unauthenticated" });
  });

  test("changes nothing", async () => {
    const before = await gate.rows();
    await check({ brands });
    expect(await gate.rows()).toEqual(before);
  });
});
