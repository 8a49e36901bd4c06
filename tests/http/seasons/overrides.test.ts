import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { CLOSES, newBrand, PLAN, PREPARING, SEASON, SECOND_OPERATOR, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const brand: User = newBrand();
beforeAll(async () => {
  await go.season();
  await go.admit(brand, "2024-07-31T00:00:00Z");
});
afterAll(() => gate.close());

const { id: _id, ...PLANNED } = PLAN;
const REASON = "It goes well.";
const EXTENDED = "2024-06-23T00:00:00+08:00";
const LAST_DAY = "2024-06-20T12:00:00+08:00";

const post = (what: string, body: object, as: Caller = "operator", season = SEASON) =>
  gate.call(`POST /v1/seasons/{season}/${what}`, { as, params: { season }, body });
const read = async () => (await gate.call("GET /v1/seasons/{season}", { as: "operator", params: { season: SEASON } })).body;
/** What a viewer is answered at an instant, on an instance that has the latest snapshot. */
async function answerAt(time: string, ms = 0) {
  await gate.setClock(new Date(Date.parse(time) + ms).toISOString());
  await gate.publish();
  const [slot] = (await go.decide()).slots;
  return slot.noAd?.reason ?? slot.brand;
}

describe("an extension", () => {
  test("is proposed by one operator, published by another, and serves nothing in between", async () => {
    await gate.setClock(LAST_DAY);
    await gate.tick();
    const { version } = await read();
    const proposed = await post("extension", { version, phase: "wave-2", closesAt: EXTENDED, reason: REASON });
    expect(proposed.status).toBe(201);
    expect(proposed.body).toMatchObject({
      instants: { closes: new Date(CLOSES).toISOString() },
      dossier: { proposal: { extends: "wave-2" } },
    });
    expectProblem(await post("publication", { version: version + 1 }), { status: 403, code: "second-operator-needed" });
    const { body } = await post("publication", { version: version + 1 }, SECOND_OPERATOR);
    expect(body).toMatchObject({ status: "open", version: version + 2, dossier: { proposal: null, former: [{ change: "extension" }] } });
    expect(body.instants).toMatchObject({ closes: "2024-06-22T16:00:00.000Z", clickGraceEnds: "2024-06-29T16:00:00.000Z" });
  });

  test("goes on serving past the old closing to the new one, under the grants there are", async () => {
    expect(await answerAt(CLOSES)).toBe(brand.tenant);
    await gate.tick();
    expect((await read()).status).toBe("open");
    const checks = await gate.call("POST /v1/whitelist/checks", {
      as: "reviewer",
      body: { season: SEASON, surface: "wechat-moments", brands: [brand.tenant] },
    });
    expect(checks.body.checks).toMatchObject([{ eligible: true, reasons: [] }]);
    expect(await answerAt(EXTENDED, -251)).toBe(brand.tenant);
    expect(await answerAt(EXTENDED, -250)).toBe("season-closed");
  });

  test("is typed in the season's own time, and may not reach another season's window", async () => {
    await gate.setClock(CLOSES);
    const { version } = await read();
    const elsewhere = await post("extension", { version, phase: "wave-2", closesAt: "2024-06-24T00:00:00-04:00", reason: REASON });
    expectProblem(elsewhere, { status: 422, code: "bad-timeline" });
    expect(elsewhere.body.errors).toEqual([
      { code: "offset-not-of-zone", field: "/closesAt", detail: "Asia/Shanghai is at +08:00 then, not at -04:00." },
    ]);
    const phases = [{ ...PLAN.phases[0], opensAt: "2024-06-25T00:00:00+08:00", closesAt: "2024-06-26T00:00:00+08:00" }];
    await go.plan({ ...PLAN, id: "next", phases, instants: {} });
    await go.announce("next");
    await post("extension", { version, phase: "wave-2", closesAt: "2024-06-25T00:00:01+08:00", reason: REASON });
    const clash = await post("publication", { version: version + 1 }, SECOND_OPERATOR);
    expectProblem(clash, { status: 422, code: "bad-timeline" });
    expect(clash.body.errors).toMatchObject([{ code: "season-overlap" }]);
    await post("proposal/withdrawal", { version: version + 1 });
  });
});

describe("a window that has begun", () => {
  test("is not moved by a proposal, which may have been made before it began", async () => {
    const { version } = await read();
    const reply = await gate.call("PUT /v1/seasons/{season}", {
      as: "operator",
      params: { season: SEASON },
      body: { ...PLANNED, version, reason: REASON },
    });
    expectProblem(reply, { status: 422, code: "bad-timeline" });
    expect(reply.body.errors).toMatchObject([{ code: "window-begun", field: "/phases/1" }]);
  });
});

describe("an early close", () => {
  const NOW = "2024-06-21T12:00:00+08:00";

  test("is one operator's, at once: nothing is served from then on", async () => {
    expect(await answerAt(NOW)).toBe(brand.tenant);
    const { version } = await read();
    expectProblem(await post("closure", { version: version - 1, reason: REASON }), { status: 409, code: "season-version-outdated" });
    expectProblem(await post("closure", { version }), { status: 400, code: "invalid-request" });
    const { status, body } = await post("closure", { version, reason: "The links are broken." });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "open", instants: { closes: new Date(NOW).toISOString() } });
    expect(body.dossier.former.at(-1)).toMatchObject({ change: "closure", by: "usr_chen_operator", reason: "The links are broken." });
    // A warm instance looks again when its last look is two seconds old.
    expect(await answerAt(NOW, 2_001)).toBe("phase-not-open");
    const { body: list } = await gate.call("GET /v1/whitelist", { as: brand, query: { season: SEASON, surface: "wechat-moments" } });
    expect(list.grants).toMatchObject([{ expiresAt: new Date(NOW).toISOString() }]);
  });

  test("is recorded by the clock with its official instant, and then stands for good", async () => {
    await gate.setClock("2024-06-21T12:01:00+08:00");
    await gate.tick();
    const { status, turns, version } = await read();
    expect([status, turns.at(-1)]).toEqual([
      "closed",
      { to: "closed", officialAt: new Date(NOW).toISOString(), actualAt: "2024-06-21T04:01:00.000Z" },
    ]);
    const later = { version, phase: "wave-2", closesAt: EXTENDED, reason: REASON };
    for (const as of ["operator", SECOND_OPERATOR] as const) {
      expectProblem(await post("extension", later, as), { status: 409, code: "wrong-state" });
      expectProblem(await post("closure", { version, reason: REASON }, as), { status: 409, code: "wrong-state" });
      expectProblem(await post("cancellation", { version, reason: REASON }, as), { status: 409, code: "wrong-state" });
    }
  });

  test("is followed by the archive when the report is final", async () => {
    const { instants } = await read();
    await gate.setClock(new Date(Date.parse(instants.reportFinal) - 1).toISOString());
    await gate.tick();
    expect((await read()).status).toBe("closed");
    await gate.setClock(instants.reportFinal);
    await gate.tick();
    expect(await read()).toMatchObject({ status: "archived", turns: [{}, {}, { to: "archived", officialAt: instants.reportFinal }] });
  });
});

test("what has not begun is cancelled, and what has begun is closed", async () => {
  await gate.setClock(PREPARING);
  const phases = [{ ...PLAN.phases[0], opensAt: "2026-01-01T00:00:00+08:00", closesAt: "2026-01-02T00:00:00+08:00" }];
  await go.plan({ ...PLAN, id: "january", phases, instants: {} });
  await go.announce("january");
  const ask = (what: string) => post(what, { version: 2, reason: REASON }, "operator", "january");
  expectProblem(await ask("closure"), { status: 409, code: "wrong-state" });
  await gate.setClock("2026-01-01T00:00:00+08:00");
  expectProblem(await ask("cancellation"), { status: 409, code: "wrong-state" });
  expect((await ask("closure")).status).toBe(201);
});

test("every change of every season is on record once, with its reason", async () => {
  await expectWholeTrails(gate);
});
