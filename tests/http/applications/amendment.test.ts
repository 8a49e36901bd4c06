import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { openGate } from "../../support/gate.ts";
import { applicationOf, GRANT, MEI, newBrand, PREPARING, REQUEST, SEASON, stepsOf, TERMS } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const form = applicationOf(MEI);
let ours: Awaited<ReturnType<typeof go.admit>>;
beforeAll(async () => {
  await gate.setClock(PREPARING);
  await go.plan();
  await go.announce();
  ours = await go.admit(MEI);
  await gate.publish();
});
afterAll(() => gate.close());

let seconds = 0;
async function isServed() {
  await gate.publish();
  seconds += 2.1;
  await gate.setClock(new Date(Date.parse("2024-05-21T12:00:00Z") + seconds * 1_000).toISOString());
  const [slot] = (await go.decide({ ...REQUEST, slots: 1 })).slots;
  return slot.brand === MEI.tenant;
}
const put = (body: object) => gate.call("PUT /v1/applications/{application}", { as: MEI, params: { application: ours.application }, body });

test("an approved application whose contacts change stays approved, with its keys, and is served on", async () => {
  expect(await isServed()).toBe(true);
  const contacts = [{ name: "Li", email: "li@example.com" }];
  expect((await put({ ...form, contacts })).body).toMatchObject({ state: "approved", revision: 1, contacts });
  expect(await go.read(ours.application)).toMatchObject({ attestation: { state: "current" }, grants: [{ state: "current" }] });
  expect(await isServed()).toBe(true);
});

test("a brand that applies for the first time is too late by now", async () => {
  const brand = newBrand();
  expectProblem(await gate.call("POST /v1/applications", { as: brand, body: applicationOf(brand) }), {
    status: 422,
    code: "not-admissible",
  });
});

test("a change that no machine admits is refused and changes nothing", async () => {
  const before = await gate.rows();
  expectProblem(await put({ ...form, categories: ["tobacco"] }), { status: 422, code: "not-admissible" });
  expect(await gate.rows()).toEqual(before);
  expect(await isServed()).toBe(true);
});

test("a change of what the keys vouch for, long after the deadline, revokes both, sends it back, and stops it at the next decision", async () => {
  const { body } = await put({ ...form, store: { ...form.store, type: "franchise" } });
  expect(body).toMatchObject({ state: "pending", revision: 2, attestedAt: null, flags: [] });
  const reason = "The application was changed, and what the keys vouched for is no longer so.";
  expect(await go.read(ours.application)).toMatchObject({
    attestation: { state: "revoked", reason, revision: 1 },
    grants: [{ id: ours.grant, state: "revoked", reason }],
    next: { who: "attester", what: "attest" },
  });
  expect(await isServed()).toBe(false);
});

test("the queue has it back with exactly what was changed since it was approved, contacts too", async () => {
  const { items } = await go.queue();
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ application: { id: ours.application }, warning: "too-late" });
  expect(items[0].changes).toEqual([{ element: "/store/type", before: "flagship", after: "franchise" }]);
});

test("one key anew is not enough, and both are", async () => {
  expect((await go.attest(ours.application)).revision).toBe(2);
  expect(await isServed()).toBe(false);
  await go.review(ours.application, { ...GRANT, grants: [{ ...TERMS, phases: ["wave-1"] }] });
  expect(await isServed()).toBe(true);
});

test("nothing is left of the grant there was: it stays revoked, and what it alone allowed is not allowed", async () => {
  const { grants } = await go.read(ours.application);
  expect(grants.map(({ id, state, phases }: Record<string, unknown>) => [id === ours.grant, state, phases])).toEqual([
    [true, "revoked", ["wave-1", "wave-2"]],
    [false, "current", ["wave-1"]],
  ]);
  expectProblem(
    await gate.call("POST /v1/applications/{application}/grants/{grant}/turns", {
      as: "reviewer",
      params: { application: ours.application, grant: ours.grant },
      body: { verb: "reinstate", reason: "x" },
    }),
    { status: 409, code: "wrong-state" },
  );
  await gate.setClock("2024-06-01T12:00:00+08:00");
  const [slot] = (await go.decide({ ...REQUEST, slots: 1 })).slots;
  expect(slot).toEqual({ noAd: { code: expect.any(Number), reason: "grant-expired" } });
});

test("of a change and a ruling at once, one is first and the other is told", async () => {
  const brand = newBrand();
  await gate.setClock(PREPARING);
  const { id } = await go.apply(brand);
  await go.attest(id);
  const params = { application: id };
  const [withdrawn, approved] = await Promise.all([
    gate.call("POST /v1/applications/{application}/withdrawal", { as: brand, params }),
    gate.call("POST /v1/applications/{application}/reviews", { as: "reviewer", params, body: GRANT }),
  ]);
  expect([withdrawn.status, approved.status].sort()).toEqual([201, 409]);
  const { application, grants } = await go.read(id);
  expect([application.state, grants.length]).toEqual(withdrawn.status === 201 ? ["withdrawn", 0] : ["approved", 1]);
});

test("the list has it as it stands", async () => {
  const { body } = await gate.call("GET /v1/applications", { as: "reviewer", query: { season: SEASON } });
  const found = body.applications.find(({ id }: { id: string }) => id === ours.application);
  expect(found).toEqual((await go.read(ours.application)).application);
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
