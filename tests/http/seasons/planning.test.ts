import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { newBrand, PLAN, PREPARING, SEASON, SECOND_OPERATOR, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
beforeAll(() => gate.setClock(PREPARING));
afterAll(() => gate.close());

const { id: _id, ...PLANNED } = PLAN;
const [first, second] = PLAN.phases;
const LATER = [first, { ...second, closesAt: "2024-06-22T00:00:00+08:00" }];
const REASON = "The marketplace asked for a day more.";
const FREEZE = "2024-05-20T18:00:00+08:00";

const put = (season: string, body: object, as: Caller = "operator") =>
  gate.call("PUT /v1/seasons/{season}", { as, params: { season }, body });
const post = (what: string, season: string, body: object, as: Caller = "operator") =>
  gate.call(`POST /v1/seasons/{season}/${what}`, { as, params: { season }, body });
const read = (season: string, as: Caller = "operator") => gate.call("GET /v1/seasons/{season}", { as, params: { season } });
const codes = (errors: readonly { code: string; field: string }[]) => errors.map(({ code, field }) => `${code} ${field}`);

test("a plan is answered with every named instant, chosen or derived", async () => {
  const { instants, dossier } = await go.plan({ ...PLAN, instants: {} });
  expect(instants).toEqual({
    applicationsClose: "2024-05-18T10:00:00.000Z",
    whitelistFreeze: "2024-05-20T10:00:00.000Z",
    opens: "2024-05-20T12:00:00.000Z",
    finalPhase: "2024-05-31T12:00:00.000Z",
    closes: "2024-06-20T16:00:00.000Z",
    clickGraceEnds: "2024-06-27T16:00:00.000Z",
    reportFinal: "2024-06-28T16:00:00.000Z",
  });
  expect(dossier).toEqual({ plannedBy: "usr_chen_operator", publishedBy: null, proposal: null, former: [] });
});

test("an offset that the zone does not have then is told, with the one it has", async () => {
  const phases = [{ ...first, opensAt: "2024-05-20T20:00:00-04:00" }, second];
  const reply = await gate.call("POST /v1/seasons", { as: "operator", body: { ...PLAN, id: "elsewhere", phases } });
  expectProblem(reply, { status: 400, code: "invalid-request" });
  expect(reply.body.errors).toEqual([
    { code: "custom", field: "/phases/0/opensAt", detail: "Asia/Shanghai is at +08:00 then, not at -04:00." },
  ]);
});

test("a gap that nobody declared is told", async () => {
  const phases = [first, { ...second, afterGap: false }];
  const reply = await gate.call("POST /v1/seasons", { as: "operator", body: { ...PLAN, id: "gap", phases } });
  expectProblem(reply, { status: 422, code: "bad-timeline" });
  expect(codes(reply.body.errors)).toEqual(["gap-undeclared /phases/1/opensAt"]);
});

describe("a draft", () => {
  test("is edited from the version in hand, by any operator of its host", async () => {
    const { status, body } = await put(SEASON, { ...PLANNED, version: 1 }, SECOND_OPERATOR);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "draft", version: 2, dossier: { plannedBy: "usr_gao_operator", proposal: null } });
    expect((await read(SEASON)).body).toEqual(body);
    expectProblem(await put(SEASON, { ...PLANNED, version: 1 }), { status: 409, code: "season-version-outdated" });
  });

  test("of two edits at once takes one", async () => {
    const replies = await Promise.all(["a", "b"].map((en) => put(SEASON, { ...PLANNED, names: { zh: "节", en }, version: 2 })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test("keeps its id, host and life to itself", async () => {
    for (const more of [{ id: "x" }, { host: "x" }, { status: "open" }, { dossier: {} }, { turns: [] }])
      expectProblem(await put(SEASON, { ...PLANNED, ...more, version: 3 }), { status: 400, code: "invalid-request" });
  });

  test("is nobody's whose host is another, and no brand's", async () => {
    const elsewhere = { sub: "usr_x", role: "operator", tenant: "another-host" } as const;
    const body = { version: 3, reason: REASON };
    for (const reply of [
      await put(SEASON, { ...PLANNED, version: 3 }, elsewhere),
      ...(await Promise.all(["publication", "proposal/withdrawal"].map((what) => post(what, SEASON, { version: 3 }, elsewhere)))),
      ...(await Promise.all(["closure", "cancellation"].map((what) => post(what, SEASON, body, elsewhere)))),
      await post("extension", SEASON, { ...body, phase: "wave-1", closesAt: PREPARING }, elsewhere),
      await read(SEASON, elsewhere),
      await read(SEASON, newBrand()),
    ])
      expectProblem(reply, { status: 404, code: "not-found" });
    for (const as of ["brand", "attester", "reviewer", "feed", "auditor"] as const)
      expectProblem(await put(SEASON, { ...PLANNED, version: 3 }, as), { status: 403, code: "forbidden" });
  });

  test("that is cancelled is gone for all but its planners, and takes its id with it", async () => {
    await go.plan({ ...PLAN, id: "dropped" });
    expect((await post("cancellation", "dropped", { version: 1, reason: "No need." })).body).toMatchObject({
      status: "cancelled",
      version: 2,
    });
    expectProblem(await post("publication", "dropped", { version: 2 }), { status: 409, code: "season-not-draft" });
    expectProblem(await read("dropped", newBrand()), { status: 404, code: "not-found" });
    expectProblem(await gate.call("POST /v1/seasons", { as: "operator", body: { ...PLAN, id: "dropped" } }), { code: "season-exists" });
  });
});

describe("a published season", () => {
  test("is changed by a proposal, with a reason, that serves nothing and that no brand sees", async () => {
    await go.announce(SEASON, 3);
    expectProblem(await put(SEASON, { ...PLANNED, phases: LATER, version: 4 }), { status: 422, code: "reason-missing" });
    const { status, body } = await put(SEASON, { ...PLANNED, phases: LATER, version: 4, reason: REASON });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "scheduled", version: 5, phases: [{}, { closesAt: "2024-06-20T16:00:00.000Z" }] });
    const at = new Date(PREPARING).toISOString();
    expect(body.dossier.proposal).toMatchObject({ by: "usr_chen_operator", at, reason: REASON, against: 4, extends: null });
    expect(body.dossier.proposal.plan.instants.closes).toBe("2024-06-21T16:00:00.000Z");
    for (const as of [newBrand(), "attester", "reviewer", "feed"] as const) {
      const seen = (await read(SEASON, as)).body;
      expect(seen).not.toHaveProperty("dossier");
      expect(JSON.stringify(seen)).not.toContain(REASON);
      expect(JSON.stringify((await gate.call("GET /v1/seasons", { as })).body)).not.toContain(REASON);
    }
    expect((await read(SEASON, "auditor")).body).toEqual(body);
  });

  test("becomes what was proposed when that is published; who relied on the old closing relies on the new", async () => {
    const brand = newBrand();
    const { id } = await go.apply(brand);
    await go.attest(id);
    await go.grant(id);
    const granted = async () =>
      (await gate.call("GET /v1/applications/{application}", { as: brand, params: { application: id } })).body.grants;
    expect(await granted()).toMatchObject([{ expiresAt: "2024-06-20T16:00:00.000Z" }]);
    expect((await post("publication", SEASON, { version: 5 })).body).toMatchObject({
      version: 6,
      instants: { closes: "2024-06-21T16:00:00.000Z" },
      dossier: { proposal: null, former: [{ change: "proposal", reason: REASON }] },
    });
    expect(await granted()).toMatchObject([{ expiresAt: "2024-06-21T16:00:00.000Z" }]);
    const listed = await gate.call("GET /v1/whitelist", { as: brand, query: { season: SEASON, surface: "wechat-moments" } });
    expect(listed.body.grants).toMatchObject([{ expiresAt: "2024-06-21T16:00:00.000Z" }]);
  });

  test("needs another operator in the freeze: the author's publication is refused, the second's is not", async () => {
    await gate.setClock(FREEZE);
    await go.replan(SEASON, { ...PLANNED, version: 6, reason: "Back again." });
    expectProblem(await post("publication", SEASON, { version: 7 }), { status: 403, code: "second-operator-needed" });
    expect((await post("publication", SEASON, { version: 7 }, SECOND_OPERATOR)).body).toMatchObject({ version: 8 });
    await gate.setClock(PREPARING);
  });

  test("is without its proposal once that is taken back", async () => {
    await go.replan(SEASON, { ...PLANNED, phases: LATER, version: 8, reason: REASON });
    expect((await post("proposal/withdrawal", SEASON, { version: 9 })).body).toMatchObject({ version: 10, dossier: { proposal: null } });
    expectProblem(await post("publication", SEASON, { version: 10 }), { status: 409, code: "nothing-proposed" });
    expectProblem(await post("proposal/withdrawal", SEASON, { version: 10 }), { status: 409, code: "nothing-proposed" });
  });

  test("cannot be proposed into another's windows: of two at once, one is published", async () => {
    const inMarch = (day: string) => [{ ...first, opensAt: `2025-03-0${day}T00:00:00Z`, closesAt: `2025-03-0${day}T01:00:00Z` }];
    const both = inMarch("9");
    for (const [index, id] of ["march-a", "march-b"].entries()) {
      await go.plan({ ...PLAN, id, phases: inMarch(String(index + 1)), instants: {} });
      await go.announce(id);
      await go.replan(id, { ...PLANNED, phases: both, instants: {}, version: 2, reason: REASON });
    }
    const replies = await Promise.all(["march-a", "march-b"].map((id) => post("publication", id, { version: 3 })));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409 || status === 422)).toHaveLength(1);
  });

  test("that is cancelled takes no applications, and is not served when its windows come", async () => {
    const windows = [{ ...first, opensAt: "2024-08-01T00:00:00Z", closesAt: "2024-08-02T00:00:00Z" }];
    await go.plan({ ...PLAN, id: "august", phases: windows, instants: {} });
    await go.announce("august");
    expect((await post("cancellation", "august", { version: 2, reason: "The host said no." })).body).toMatchObject({ status: "cancelled" });
    expect((await read("august", newBrand())).body).toMatchObject({ status: "cancelled" });
    await gate.publish();
    await gate.setClock("2024-08-01T12:00:00Z");
    await gate.tick();
    expect((await go.decide()).slots).toEqual([{ noAd: { code: 501, reason: "phase-not-open" } }]);
    expect((await read("august")).body).toMatchObject({ status: "cancelled", turns: [] });
  });
});

test("every change of every season is on record once", async () => {
  await expectWholeTrails(gate);
});
