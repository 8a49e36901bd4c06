import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { openGate } from "../../support/gate.ts";
import { applicationOf, GRANT, newBrand, PLAN, PREPARING, stepsOf, TERMS } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const [admission] = PLAN.admissions;
beforeAll(async () => {
  await gate.setClock(PREPARING);
  await go.plan({ ...PLAN, admissions: [{ ...admission, capacity: 2, waivable: ["trial-full"] }] });
  await go.announce();
});
afterAll(() => gate.close());

const AUTUMN = {
  ...PLAN,
  id: "double-11-2024",
  phases: [{ ...PLAN.phases[0], opensAt: "2024-10-21T20:00:00+08:00", closesAt: "2024-11-12T00:00:00+08:00" }],
  instants: { applicationsClose: "2024-10-21T12:00:00+08:00", clickGraceEnds: "2024-11-19T00:00:00+08:00" },
  admissions: [{ ...admission, capacity: 1, waivable: [] }],
};
const review = (application: string, body: object = GRANT) =>
  gate.call("POST /v1/applications/{application}/reviews", { as: "reviewer", params: { application }, body });

async function attested(brand: User = newBrand(), season = PLAN.id) {
  const { id } = await go.apply(brand, { ...applicationOf(brand), season });
  await go.attest(id, "2024-12-01T00:00:00Z");
  return { brand, id };
}

describe("a trial with two places", () => {
  let in1: { brand: User; id: string; grant: string };
  let in2: typeof in1;
  let out: { brand: User; id: string };

  test("of three approvals at once, lets in exactly two; the third is told and changes nothing", async () => {
    const three = [await attested(), await attested(), await attested()];
    const replies = await Promise.all(three.map(({ id }) => review(id)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    const lost = replies.findIndex(({ status }) => status === 409);
    const reply = replies[lost];
    if (reply) expectProblem(reply, { status: 409, code: "trial-full" });
    const won = three.flatMap((each, index) => (index === lost ? [] : [{ ...each, grant: replies[index]?.body.grants[0].id }]));
    [in1, in2] = won as [typeof in1, typeof in2];
    out = three[lost] as typeof out;
    expect(await go.read(out.id)).toMatchObject({ application: { state: "pending", rulings: [], version: 2 }, grants: [] });
  });

  test("that is full says so each time it is asked", async () => {
    for (const _ of [1, 2]) expectProblem(await review(out.id), { status: 409, code: "trial-full" });
  });

  test("keeps the place of a brand whose grant is suspended", async () => {
    await go.turnGrant(in1.id, in1.grant, "suspend");
    expectProblem(await review(out.id), { status: 409, code: "trial-full" });
    await go.turnGrant(in1.id, in1.grant, "reinstate");
  });

  test("lets a brand amend what it has, since the place it takes is its own", async () => {
    const amended = await go.edit(in1.id, in1.brand, { ...applicationOf(in1.brand), categories: ["home"] });
    expect(amended).toMatchObject({ state: "pending", flags: [] });
    await go.attest(in1.id);
    in1 = { ...in1, grant: (await go.grant(in1.id)).grants.at(-1).id };
    expectProblem(await review(out.id), { status: 409, code: "trial-full" });
  });

  test("has a place again when a grant is revoked, and no more than one", async () => {
    await go.turnGrant(in1.id, in1.grant, "revoke");
    expect((await review(out.id)).status).toBe(201);
    expectProblem(await review((await attested()).id), { status: 422, code: "flag-not-waived" });
  });

  test("has a place again when a brand withdraws, unless its grant was revoked before", async () => {
    await go.withdraw(in1.id, in1.brand);
    expect((await attested()).id).toMatch(/^app_/);
    const { application } = await go.read((await go.apply(newBrand())).id);
    expect(application.flags).toMatchObject([{ code: "trial-full" }]);
    await go.withdraw(in2.id, in2.brand);
    const next = await attested();
    expect((await review(next.id)).status).toBe(201);
    expect((await go.apply(newBrand())).flags).toMatchObject([{ code: "trial-full" }]);
  });

  test("lets in one more by a waiver with its reason, where the season says that it may be waived", async () => {
    const { id } = await attested();
    expectProblem(await review(id), { status: 422, code: "flag-not-waived" });
    const reply = await review(id, { ...GRANT, waivers: [{ code: "trial-full", reason: "Agreed with the operator." }] });
    expect(reply.body).toMatchObject({ application: { state: "approved" } });
  });
});

describe("a trial with one place, and no waiver for it", () => {
  const season = AUTUMN.id;
  const terms = (over: object = {}) => ({ ...TERMS, phases: ["wave-1"], ...over });
  const split = { ...GRANT, grants: [terms({ templates: ["310"] }), terms({ templates: ["450"], dailyShare: null })] };
  let first: { brand: User; id: string };
  let second: { brand: User; id: string };
  let grants: readonly { readonly id: string }[];
  beforeAll(async () => {
    await go.plan(AUTUMN);
    await go.announce(season);
    first = await attested(newBrand(), season);
    second = await attested(newBrand(), season);
  });

  test("takes a brand with two grants on the surface as one", async () => {
    const reply = await review(first.id, split);
    ({ grants } = reply.body);
    expect([reply.status, grants.length]).toEqual([201, 2]);
    expectProblem(await review(second.id, split), { status: 409, code: "trial-full" });
  });

  test("tells a brand that applies when it is full at once", async () => {
    const brand = newBrand();
    const reply = await gate.call("POST /v1/applications", { as: brand, body: { ...applicationOf(brand), season } });
    expectProblem(reply, { status: 422, code: "not-admissible" });
    expect(reply.body.errors).toMatchObject([{ code: "trial-full", field: "/surfaces/0" }]);
  });

  test("is free again only when the last of its grants is revoked", async () => {
    await go.turnGrant(first.id, String(grants[0]?.id), "revoke");
    expectProblem(await review(second.id, split), { status: 409, code: "trial-full" });
    await go.turnGrant(first.id, String(grants[1]?.id), "revoke");
    expect((await review(second.id, split)).status).toBe(201);
  });

  test("is not freed twice by the same brand: one that withdraws afterwards gives nothing back", async () => {
    await go.withdraw(first.id, first.brand);
    const brand = newBrand();
    expect((await gate.call("POST /v1/applications", { as: brand, body: { ...applicationOf(brand), season } })).status).toBe(422);
  });
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
