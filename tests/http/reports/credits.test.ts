import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { MEI, REQUEST, SEASON, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const DAY = "2024-05-20";
let made: Awaited<ReturnType<typeof go.admit>>;
const give = (over: object = {}, as: Caller = "reviewer", headers: Readonly<Record<string, string>> = {}) =>
  gate.call("POST /v1/credits", {
    as,
    headers,
    body: { campaign: made.campaign, day: DAY, kind: "impression", count: 1, reason: "A machine looked.", ...over },
  });
const report = async (group: string, as: Caller = "operator") =>
  (await gate.call("GET /v1/reports/delivery", { as, query: { season: SEASON, surface: SURFACE, group } })).body;

/** Five impressions on the first day, one tap, and one impression on the second. */
beforeAll(async () => {
  await go.season();
  made = await go.admit(MEI);
  await gate.publish();
  const shown = async () => {
    const [{ impressionUrl, clickUrl }] = (await go.decide(REQUEST)).slots;
    await gate.call("GET /i/{token}", { params: tokenIn(impressionUrl) });
    return clickUrl as string;
  };
  await gate.setClock("2024-05-20T21:00:00+08:00");
  const [click = ""] = [await shown(), await shown(), await shown(), await shown(), await shown()];
  await gate.setClock("2024-05-20T21:01:00+08:00");
  await gate.call("GET /c/{token}", { params: tokenIn(click) });
  await gate.setClock("2024-05-21T21:00:00+08:00");
  await shown();
  await gate.tally();
});
afterAll(() => gate.close());

test("what is given back stands beside what was counted, with its reason, and the brand hears of it", async () => {
  const { status, body } = await give({ count: 2, card: made.card });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: {
      brand: MEI.tenant,
      campaign: made.campaign,
      card: made.card,
      day: DAY,
      kind: "impression",
      count: 2,
      reason: "A machine looked.",
    },
  });
  const counted = { impressions: 6, clicks: 1, credited: { impressions: 2, clicks: 0 } };
  expect((await report("brand,card")).rows).toMatchObject([{ card: made.card, ...counted }]);
  expect((await report("brand", MEI)).total).toMatchObject(counted);
  expect((await report("hour")).rows.map(({ credited }: { credited: unknown }) => credited)).toEqual([null, null]);
  await gate.publish();
  const { body: changes } = await gate.call("GET /v1/whitelist/changes", { as: MEI, query: { since: "0", limit: "100" } });
  expect(changes.changes).toContainEqual(expect.objectContaining({ type: "credit.given", subject: `credit/${body.id}` }));
});

test("under one key it is given once", async () => {
  const before = (await report("")).total.credited;
  const key = { "idempotency-key": "credit-1" };
  const [first, again] = [await give({ kind: "click" }, "operator", key), await give({ kind: "click" }, "operator", key)];
  expect([first.status, again.text]).toEqual([201, first.text]);
  expect((await report("")).total.credited).toEqual({ ...before, clicks: 1 });
});

test("however many give at once, no more is given back than was counted on the day", async () => {
  const replies = await Promise.all(Array.from({ length: 8 }, () => give()));
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409]);
  for (const reply of replies.filter(({ status }) => status === 409)) expectProblem(reply, { status: 409, code: "credit-too-large" });
  expect((await report("")).total.credited).toEqual({ impressions: 5, clicks: 1 });
  expectProblem(await give({ day: "2024-05-21", count: 2 }), { status: 409, code: "credit-too-large" });
  expect((await give({ day: "2024-05-21", count: 1 })).status).toBe(201);
  expectProblem(await give({ day: "2024-05-22" }), { status: 409, code: "credit-too-large" });
});

test("it is of the time in which its day begins", async () => {
  const of = async (from: string) =>
    (await gate.call("GET /v1/reports/delivery", { as: "operator", query: { season: SEASON, surface: SURFACE, group: "", from } })).body
      .total;
  // The twenty-first begins at 16:00 UTC.
  expect((await of("2024-05-20T16:00:00Z")).credited).toEqual({ impressions: 1, clicks: 0 });
  expect((await of("2024-05-20T17:00:00Z")).credited).toEqual({ impressions: 0, clicks: 0 });
});

test("it explains a difference to the other side, who has taken it off", async () => {
  const body = { season: SEASON, surface: SURFACE, rows: [{ brand: MEI.tenant, day: DAY, impressions: 0, clicks: 1 }] };
  const reply = await gate.call("POST /v1/reconciliations", { as: "attester", body });
  expect(reply.body.rows[0].impressions).toMatchObject({ ours: 5, theirs: 0, explained: [{ by: "credited", count: -5 }], unexplained: 0 });
});

test.each([
  ["none", { count: 0 }],
  ["fewer than none", { count: -1 }],
  ["a part of one", { count: 0.5 }],
  ["nothing that is counted", { kind: "viewable" }],
  ["no reason", { reason: "" }],
  ["a day that is none", { day: "2024-02-30" }],
])("%s is not given back", async (_, over) => {
  expectProblem(await give(over), { status: 400, code: "invalid-request" });
});

test("nothing is given back of what is not there, or of others: alike", async () => {
  const elsewhere = { sub: "usr_x", role: "reviewer", tenant: "another-host" } as const;
  for (const reply of [
    await give({ campaign: "cmp_00000000000000000000000009" }),
    await give({ card: "crd_00000000000000000000000009" }),
    await give({ day: "2024-05-19" }),
    await give({}, elsewhere),
  ])
    expectProblem(reply, { status: 404, code: "not-found" });
  for (const as of ["brand", "attester", "feed"] as const) expectProblem(await give({}, as), { status: 403, code: "forbidden" });
});

test("every credit has exactly one audit event and one outbox entry", async () => {
  const { registry } = await gate.rows();
  const subjects = (prefix: string) => registry.filter(({ pk }) => pk?.S?.startsWith(`${prefix}#credit/`)).length;
  expect([subjects("AUDIT"), subjects("OUTBOX")]).toEqual([6, 6]);
  await expectWholeTrails(gate);
});
