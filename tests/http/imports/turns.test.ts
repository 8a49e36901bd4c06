import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { people } from "../../../scripts/local/people.ts";
import { expectWholeTrails, trails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { MEI, newBrand, SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { csvOf, listRow } from "../../support/import-lists.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const row = listRow(1);
const imported = { brand: row["brand"] ?? "", grant: "" };
const applied = { brand: newBrand(), application: "", grant: "" };
beforeAll(async () => {
  await go.season();
  const [of, by] = [await go.beginImport("attester"), await go.beginImport("reviewer")];
  await go.sendPart("attester", of.id, 1, csvOf([row]));
  imported.grant = (await go.sendPart("reviewer", by.id, 1, csvOf([row]))).outcomes[0].id;
  Object.assign(applied, await go.admit(applied.brand));
});
afterAll(() => gate.close());

const place = { surface: SURFACE, season: SEASON };
const ROUTES = {
  attestation: "POST /v1/whitelist/{surface}/{season}/{brand}/attestation/turns",
  grant: "POST /v1/whitelist/{surface}/{season}/{brand}/grants/{grant}/turns",
} as const;
const turn = (key: keyof typeof ROUTES, as: Caller, verb: string, over: { params?: object; headers?: Record<string, string> } = {}) => {
  const { grant, brand } = imported;
  const params = { ...place, brand, ...(key === "grant" ? { grant } : {}), ...over.params };
  return gate.call(ROUTES[key], { as, params, body: { verb, reason: "A complaint." }, headers: over.headers ?? {} });
};
const eligible = async (brand = imported.brand) => {
  const at = "2024-05-21T00:00:00+08:00";
  const { body } = await gate.call("POST /v1/whitelist/checks", { as: "reviewer", body: { ...place, at, brands: [brand] } });
  return body.checks[0].eligible;
};

describe.each([
  ["attestation", "attester", "reviewer"],
  ["grant", "reviewer", "attester"],
] as const)("an imported %s", (key, holder, otherSide) => {
  test("is turned by its side alone, with one audit trail, and a list never turns it back", async () => {
    expect(await eligible()).toBe(true);
    expect(await turn(key, holder, "suspend")).toMatchObject({
      status: 201,
      body: { state: "suspended", reason: "A complaint.", version: 2 },
    });
    expect(await eligible()).toBe(false);
    const { id } = await go.beginImport(holder);
    const { outcomes } = await go.sendPart(holder, id, 1, csvOf([row]));
    expect(outcomes[0].reasons[0].code).toBe("key-suspended");
    expect(await turn(key, holder, "reinstate")).toMatchObject({ status: 201, body: { state: "current", version: 3 } });
    expect(await eligible()).toBe(true);
    const subject = [...(await trails(gate)).entries()].find(
      ([of, [first]]) => of.startsWith(`${key}/`) && first?.action === `${key}:import`,
    );
    expect(subject?.[1].map(({ action, after }) => [action, after])).toEqual([
      [`${key}:import`, "current"],
      [`${key}:suspend`, "suspended"],
      [`${key}:reinstate`, "current"],
    ]);
    await expectWholeTrails(gate);
  });

  test("is not turned by anybody else, nor where there is none", async () => {
    const before = await gate.rows();
    const elsewhere: User = { sub: "usr_elsewhere", role: holder, tenant: "elsewhere" };
    for (const as of [otherSide, MEI, "operator", "auditor", "feed"] as const)
      expectProblem(await turn(key, as, "suspend"), { status: 403, code: "forbidden" });
    expectProblem(await turn(key, elsewhere, "suspend"), { status: 404, code: "not-found" });
    for (const params of [{ surface: "other" }, { season: "none" }, { brand: newBrand().tenant }])
      expectProblem(await turn(key, holder, "suspend", { params }), { status: 404, code: "not-found" });
    expectProblem(await turn(key, holder, "reinstate"), { status: 409, code: "wrong-state" });
    expect(await gate.rows()).toEqual(before);
  });

  test("is turned once under one Idempotency-Key", async () => {
    const headers = { "idempotency-key": `turn-${key}` };
    const [one, same] = [await turn(key, holder, "suspend", { headers }), await turn(key, holder, "suspend", { headers })];
    expect([one.status, same.status, same.body]).toEqual([201, 201, one.body]);
    await turn(key, holder, "reinstate");
  });
});

describe("a key that came of an application", () => {
  test("is the same key on either address: each goes on where the other left it", async () => {
    const params = { brand: applied.brand.tenant };
    expect((await turn("attestation", "attester", "suspend", { params })).body).toMatchObject({ state: "suspended", version: 2 });
    expect((await go.turnGrant(applied.application, applied.grant, "suspend")).version).toBe(2);
    expect((await go.turnAttestation(applied.application, "reinstate")).version).toBe(3);
    const byEntry = await turn("grant", "reviewer", "reinstate", { params: { ...params, grant: applied.grant } });
    expect(byEntry.body).toMatchObject({ state: "current", version: 3 });
    expect(await eligible(applied.brand.tenant)).toBe(true);
    await expectWholeTrails(gate);
  });

  test.each([
    ["attestation", "attester"],
    ["grant", "reviewer"],
  ] as const)("as its %s is given back by nobody who had a hand in the application", async (key, holder) => {
    const { sub } = applied.brand;
    const params = { brand: applied.brand.tenant, ...(key === "grant" ? { grant: applied.grant } : {}) };
    const underOtherHat: User = { sub, role: holder, tenant: people[holder].tenant };
    expect((await turn(key, underOtherHat, "suspend", { params })).body.state).toBe("suspended");
    expectProblem(await turn(key, underOtherHat, "reinstate", { params }), { status: 403, code: "self-review" });
    expect((await turn(key, holder, "reinstate", { params })).body.state).toBe("current");
  });

  test("frees its place when it is revoked, and only then", async () => {
    const places = async () => {
      const { registry } = await gate.rows();
      return Number(registry.find(({ pk }) => pk?.S === `PLACES#${SURFACE}#${SEASON}`)?.["count"]?.N);
    };
    const before = await places();
    const params = { brand: applied.brand.tenant, grant: applied.grant };
    await turn("grant", "reviewer", "suspend", { params });
    expect(await places()).toBe(before);
    expect((await turn("grant", "reviewer", "revoke", { params })).body.state).toBe("revoked");
    expect(await places()).toBe(before - 1);
    expectProblem(await turn("grant", "reviewer", "reinstate", { params }), { status: 409, code: "wrong-state" });
  });
});
