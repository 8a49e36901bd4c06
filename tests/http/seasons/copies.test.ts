import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Caller, openGate } from "../../support/gate.ts";
import { PLAN, SEASON, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
beforeAll(() => go.season());
afterAll(() => gate.close());

const NEXT = { id: "618-2025", names: { zh: "天猫618 2025", en: "Tmall 618 2025" }, opens: "2025-05-13" };
const copy = (body: object, as: Caller = "operator", season = SEASON) =>
  gate.call("POST /v1/seasons/{season}/copies", { as, params: { season }, body });

test("a season recurs as a draft, every time as many days on, and what differs is told", async () => {
  const { status, body } = await copy(NEXT);
  expect(status).toBe(201);
  expect(body.season).toMatchObject({
    ...{ id: "618-2025", status: "draft", version: 1, admissions: PLAN.admissions },
    phases: [
      { opensAt: "2025-05-13T12:00:00.000Z", closesAt: "2025-05-21T16:00:00.000Z" },
      { opensAt: "2025-05-24T12:00:00.000Z", closesAt: "2025-06-13T16:00:00.000Z", afterGap: true },
    ],
    instants: { applicationsClose: "2025-05-13T04:00:00.000Z", clickGraceEnds: "2025-06-20T16:00:00.000Z" },
  });
  expect(body.differences).toContainEqual({
    element: "/phases/0/opensAt",
    before: "2024-05-20T20:00:00.000+08:00",
    after: "2025-05-13T20:00:00.000+08:00",
  });
});

test("its phases are adjusted afterwards, and it is published like any other", async () => {
  const { id: _id, ...planned } = PLAN;
  const phases = [{ ...PLAN.phases[0], opensAt: "2025-05-13T20:00:00+08:00", closesAt: "2025-06-20T00:00:00+08:00" }];
  await go.replan(NEXT.id, { ...planned, names: NEXT.names, phases, instants: {}, version: 1 });
  expect(await go.announce(NEXT.id, 2)).toMatchObject({ status: "scheduled" });
});

test.each([
  ["an id that is taken", { ...NEXT, id: SEASON }, { status: 409, code: "season-exists" }],
  ["a day that is not", { ...NEXT, id: "x", opens: "2025-02-29" }, { status: 400, code: "invalid-request" }],
  ["an instant for a day", { ...NEXT, id: "x", opens: "2025-05-13T20:00:00+08:00" }, { status: 400, code: "invalid-request" }],
  ["a day in another century", { ...NEXT, id: "x", opens: "9999-12-31" }, { status: 422, code: "bad-timeline" }],
  ["the first day there is", { ...NEXT, id: "x", opens: "0000-01-01" }, { status: 422, code: "bad-timeline" }],
  ["phases of its own", { ...NEXT, id: "x", phases: PLAN.phases }, { status: 400, code: "invalid-request" }],
])("a copy with %s is refused", async (_name, body, problem) => {
  const before = await gate.rows();
  expectProblem(await copy(body), problem);
  expect(await gate.rows()).toEqual(before);
});

test("a season is copied by its own host's operators alone", async () => {
  const elsewhere = { sub: "usr_x", role: "operator", tenant: "another-host" } as const;
  expectProblem(await copy({ ...NEXT, id: "x" }, elsewhere), { status: 404, code: "not-found" });
  expectProblem(await copy({ ...NEXT, id: "x" }, "operator", "nowhere"), { status: 404, code: "not-found" });
  for (const as of ["brand", "attester", "reviewer", "feed", "auditor"] as const)
    expectProblem(await copy({ ...NEXT, id: "x" }, as), { status: 403, code: "forbidden" });
});
