import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { openGate } from "../../support/gate.ts";
import { applicationOf, CAMPAIGN, newBrand, SETTINGS, stepsOf } from "../../support/gate-steps.ts";
import { csvOf, listRow } from "../../support/import-lists.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());
beforeAll(() => go.season());

const change = (as: User, campaign: string, body: object) => gate.call("PUT /v1/campaigns/{campaign}", { as, params: { campaign }, body });
const turn = (as: User, campaign: string, verb: string) =>
  gate.call("POST /v1/campaigns/{campaign}/turns", { as, params: { campaign }, body: { verb } });
const lineupOf = async (campaign: string) =>
  (await gate.rows()).registry.find(({ pk, sk }) => pk?.S?.startsWith("LINEUP#") && sk?.S === `CAMPAIGN#${campaign}`)?.["doc"]?.M;

test("a campaign that says no more than where and when has the defaults, and sells what its brand applied with", async () => {
  const brand = newBrand();
  await go.admit(brand);
  const { season, surface, name } = CAMPAIGN;
  const { status, body } = await gate.call("POST /v1/campaigns", { as: brand, body: { season, surface, name } });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    category: applicationOf(brand).categories[0],
    flight: null,
    weight: 100,
    tier: "standard",
    caps: { daily: null, total: null },
    pacing: "even",
    frequency: null,
    targeting: { os: null, regions: null, segments: { any: [], none: [] }, hostVersion: null },
    state: "active",
  });
});

test("every setting may be changed, in the version in hand, and what is served has it in the same write", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  const { status, body } = await change(brand, campaign, { ...SETTINGS, version: 1 });
  expect({ status, body }).toMatchObject({ status: 200, body: { ...SETTINGS, version: 2 } });
  expect((await lineupOf(campaign))?.["weight"]?.N).toBe("300");
  expectProblem(await change(brand, campaign, { ...SETTINGS, version: 1 }), { status: 409, code: "changed-meanwhile" });
});

test("of several changes of one version one is made", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  const replies = await Promise.all([1, 2, 3].map((weight) => change(brand, campaign, { ...SETTINGS, weight, version: 1 })));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
});

test("what does not fit is told at once, and changes nothing", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  const before = await gate.rows();
  const reply = await change(brand, campaign, {
    ...SETTINGS,
    category: "tobacco",
    caps: { daily: 2, total: 1 },
    frequency: { most: 1, units: 24, unit: "hour" },
    flight: { opensAt: "2024-05-20T20:00:00+08:00", closesAt: "2024-09-01T00:00:00+08:00" },
    version: 1,
  });
  expectProblem(reply, { status: 422, code: "campaign-not-acceptable" });
  expect(reply.body.errors.map(({ code, field }: Record<string, string>) => `${code} ${field}`)).toEqual([
    "category-not-applied-for /category",
    "flight-outside-season /flight",
    "cap-above-total /caps/daily",
    "too-many-units /frequency/units",
  ]);
  expect(await gate.rows()).toEqual(before);
});

test.each<[string, object]>([
  ["weight", { weight: 0 }],
  ["weight", { weight: 1_001 }],
  ["weight", { weight: 1.5 }],
  ["caps", { caps: { daily: 0, total: null } }],
  ["tier", { tier: "sponsorship" }],
  ["frequency", { frequency: { most: 101, units: 1, unit: "day" } }],
  ["frequency", { frequency: { most: 1, units: 1, unit: "month" } }],
  ["targeting", { targeting: { os: ["windows"] } }],
  ["targeting", { targeting: { regions: ["Shanghai"] } }],
  ["targeting", { targeting: { hostVersion: { min: "8.x" } } }],
  ["state", { state: "active" }],
])("a %s that is none is refused with its element", async (element, over) => {
  const reply = await gate.call("POST /v1/campaigns", { as: newBrand(), body: { ...CAMPAIGN, ...over } });
  expectProblem(reply, { status: 400, code: "invalid-request" });
  expect(JSON.stringify(reply.body.errors)).toContain(element);
});

test("it is paused and goes on, each when it is not so already", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  expect(await turn(brand, campaign, "pause")).toMatchObject({ status: 201, body: { state: "paused", version: 2 } });
  expect((await lineupOf(campaign))?.["state"]?.S).toBe("paused");
  expectProblem(await turn(brand, campaign, "pause"), { status: 409, code: "wrong-state" });
  expect((await change(brand, campaign, { ...SETTINGS, version: 2 })).body).toMatchObject({ state: "paused", version: 3 });
  expect(await turn(brand, campaign, "resume")).toMatchObject({ status: 201, body: { state: "active", version: 4 } });
});

test("a brand that was imported says what it sells, and its cards bear its whitelisted name", async () => {
  const row = listRow(930_001);
  for (const side of ["attester", "reviewer"] as const) {
    const { id } = await go.beginImport(side);
    await go.sendPart(side, id, 1, csvOf([row]));
  }
  const brand: User = { role: "brand", tenant: row["brand"] ?? "", sub: "usr_imported" };
  const refused = await gate.call("POST /v1/campaigns", { as: brand, body: CAMPAIGN });
  expectProblem(refused, { status: 422, code: "campaign-not-acceptable" });
  expect(refused.body.errors).toMatchObject([{ code: "category-missing", field: "/category" }]);
  const { id, category } = await go.campaign(brand, { ...CAMPAIGN, category: "pets" });
  expect(category).toBe("pets");
  expect(await go.card(id, brand)).toMatchObject({ storeName: { zh: row["nameZh"], en: row["nameEn"] } });
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
