import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { compactVerify, createLocalJWKSet } from "jose";
import { type Caller, openGate } from "../../support/gate.ts";
import { MEI, REQUEST, SEASON, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const DAY = "2024-05-20";
const FINAL = "2024-05-22T00:00:00+08:00";
const ask = (day = DAY, as: Caller = "attester", season = SEASON, surface = SURFACE) =>
  gate.call("GET /v1/statements/{season}/{day}", { as, params: { season, day }, query: { surface } });
let card: string;

const shown = async () => {
  const [{ impressionUrl }] = (await go.decide(REQUEST)).slots;
  return gate.call("GET /i/{token}", { params: tokenIn(impressionUrl) });
};

beforeAll(async () => {
  await go.season();
  ({ card } = await go.admit(MEI));
  await gate.publish();
  await gate.setClock("2024-05-20T21:00:00+08:00");
  for (const _ of [1, 2, 3]) await shown();
  // The next day, which is not the same.
  await gate.setClock("2024-05-21T00:00:01+08:00");
  await shown();
  await gate.tally();
});
afterAll(() => gate.close());

test("until the day is final it is not stated, and it is said when it will be", async () => {
  await gate.setClock("2024-05-21T23:59:59+08:00");
  const reply = await ask();
  expectProblem(reply, { status: 409, code: "statement-not-final" });
  expect(reply.body.errors).toEqual([{ code: "not-final", field: "", detail: "It is final at 2024-05-22T00:00:00.000+08:00." }]);
});

test("a final day is stated to either side with the same words, which the published key checks", async () => {
  await gate.setClock(FINAL);
  const replies = await Promise.all((["attester", "reviewer", "operator", "auditor"] as const).map((as) => ask(DAY, as)));
  expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  const { body } = await ask();
  expect(body).toEqual({ season: SEASON, surface: SURFACE, day: DAY, jws: expect.any(String) });
  const jwks = await gate.call("GET /.well-known/jwks.json", { as: null });
  const { payload } = await compactVerify(body.jws, createLocalJWKSet(jwks.body));
  const statement = JSON.parse(Buffer.from(payload).toString());
  expect(statement).toMatchObject({
    ...{ type: "seasongate.daily-statement", version: 1, season: SEASON, surface: SURFACE, day: DAY, zone: "Asia/Shanghai" },
    ...{ host: "wechat", marketplace: "tmall", by: "card", finalAt: "2024-05-22T00:00:00.000+08:00" },
    ...{ from: "2024-05-20T00:00:00.000+08:00", to: "2024-05-21T00:00:00.000+08:00" },
    rows: [{ brand: MEI.tenant, card, impressions: 3, clicks: 0, gross: { impressions: 3 } }],
    total: { impressions: 3 },
  });
  expect(Object.keys(statement)).toEqual(Object.keys(statement).sort());
});

test("it stays the same, whatever is counted of the day afterwards", async () => {
  const before = (await ask()).text;
  await gate.setClock("2024-05-20T23:00:00+08:00");
  await shown();
  await gate.tally();
  await gate.setClock("2024-05-23T00:00:00+08:00");
  expect((await ask()).text).toBe(before);
  const { total } = await go.report("operator");
  expect(total.impressions).toBe(5);
});

test("a day in which nothing was counted is stated too", async () => {
  await gate.setClock("2024-06-01T00:00:00+08:00");
  const { body } = await ask("2024-05-30");
  const [, payload] = body.jws.split(".");
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
    rows: [],
    total: { impressions: 0, gross: { clicks: 0 } },
  });
});

test("a day that is none is refused, and one outside the season is not there; nor is a season of others, or a surface it is not on", async () => {
  for (const day of ["2024-02-30", "today", "2024-5-20"]) expectProblem(await ask(day), { status: 400, code: "invalid-request" });
  const elsewhere = { sub: "usr_x", role: "attester", tenant: "another-market" } as const;
  for (const reply of [
    await ask("2024-05-19"),
    await ask("2024-06-29"),
    await ask(DAY, elsewhere),
    await ask(DAY, "attester", "no-such"),
    await ask(DAY, "attester", SEASON, "no-such"),
  ])
    expectProblem(reply, { status: 404, code: "not-found" });
  expectProblem(await ask(DAY, "brand"), { status: 403, code: "forbidden" });
});
