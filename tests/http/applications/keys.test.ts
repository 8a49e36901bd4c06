import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { expectWholeTrails, trails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { CAMPAIGN, CARD, GRANT, MEI, newBrand, REQUEST, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const other = newBrand();
let ours: Awaited<ReturnType<typeof go.admit>>;
beforeAll(async () => {
  await go.season();
  ours = await go.admit(MEI);
  await go.admit(other);
  await gate.publish();
});
afterAll(() => gate.close());

let seconds = 0;
/** Who is served 2.1 s after the last look, when every instance has read the snapshot again; and why the rest is empty. */
async function served() {
  await gate.publish();
  seconds += 2.1;
  await gate.setClock(new Date(Date.parse("2024-05-21T12:00:00Z") + seconds * 1_000).toISOString());
  const { slots } = await go.decide({ ...REQUEST, slots: 3 });
  return slots.flatMap(({ brand }: { brand?: string }) => (brand ? [brand] : [])).sort();
}
const both = [MEI.tenant, other.tenant].sort();

const turns = {
  attestation: (verb: string, as: Caller, over: object = {}) =>
    gate.call("POST /v1/applications/{application}/attestation/turns", {
      as,
      params: { application: ours.application },
      body: { verb, reason: "A complaint.", ...over },
    }),
  grant: (verb: string, as: Caller, over: object = {}) =>
    gate.call("POST /v1/applications/{application}/grants/{grant}/turns", {
      as,
      params: { application: ours.application, grant: ours.grant },
      body: { verb, reason: "A complaint.", ...over },
    }),
};

describe.each([
  ["attestation", "attester", "reviewer", { role: "attester", tenant: "another-marketplace" }],
  ["grant", "reviewer", "attester", { role: "reviewer", tenant: "another-host" }],
] as const)("the %s", (key, holder, otherSide, stranger) => {
  const turn = turns[key];
  const stateOf = async () => {
    const { attestation, grants } = await go.read(ours.application, MEI);
    return key === "attestation" ? attestation : grants[0];
  };

  test("is not turned by the other side, by a brand, nor by another's holder", async () => {
    const before = await gate.rows();
    for (const as of [otherSide, MEI, "operator", "auditor", "feed"] as const)
      for (const verb of ["suspend", "reinstate", "revoke"]) expectProblem(await turn(verb, as), { status: 403, code: "forbidden" });
    const foreign: User = { sub: "usr_elsewhere", ...stranger };
    expectProblem(await turn("suspend", foreign), { status: 404, code: "not-found" });
    expect(await gate.rows()).toEqual(before);
  });

  test("is not turned without a reason, nor by a verb there is not", async () => {
    const before = await gate.rows();
    for (const over of [
      { reason: "" },
      { reason: "  " },
      { reason: undefined },
      { verb: "expire" },
      { verb: "give" },
      { state: "revoked" },
    ])
      expectProblem(await turn("suspend", holder, over), { status: 400, code: "invalid-request" });
    expect(await gate.rows()).toEqual(before);
  });

  test("suspended by its holder alone stops its brand, and no other, at the next decision", async () => {
    expect(await served()).toEqual(both);
    const reply = await turn("suspend", holder);
    expect([reply.status, reply.body.state, reply.body.reason]).toEqual([201, "suspended", "A complaint."]);
    expect(await served()).toEqual([other.tenant]);
    expect(await stateOf()).toMatchObject({ state: "suspended", reason: "A complaint." });
  });

  test("is not suspended twice", async () => {
    const before = await gate.rows();
    const reply = await turn("suspend", holder);
    expectProblem(reply, { status: 409, code: "wrong-state" });
    expect(reply.body.errors).toEqual([
      { code: "suspend-not-possible", field: "", detail: "It is suspended; possible from here: reinstate, revoke." },
    ]);
    expect(await gate.rows()).toEqual(before);
  });

  test("reinstated lets the brand in again at the next decision", async () => {
    expect((await turn("reinstate", holder, { reason: "It was unfounded." })).body).toMatchObject({
      state: "current",
      reason: "It was unfounded.",
    });
    expect(await served()).toEqual(both);
    expectProblem(await turn("reinstate", holder), { status: 409, code: "wrong-state" });
  });

  test("of many at once who suspend it, one does", async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => turn("suspend", holder)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect((await turn("reinstate", holder)).status).toBe(201);
    expect(await served()).toEqual(both);
  });

  test("has an audit event for each turn, with the reason, and none for those refused", async () => {
    const subject = key === "attestation" ? `attestation/${ours.application}` : `grant/${ours.grant}`;
    const found = (await trails(gate)).get(subject) ?? [];
    expect(found.map(({ action, after }) => `${action} ${after}`)).toEqual([
      `${key}:give current`,
      `${key}:suspend suspended`,
      `${key}:reinstate current`,
      `${key}:suspend suspended`,
      `${key}:reinstate current`,
    ]);
    expect(found.slice(1, 3)).toMatchObject([{ why: "A complaint." }, { why: "It was unfounded." }]);
  });
});

test("with both keys suspended, one of them is not enough", async () => {
  await go.turnAttestation(ours.application, "suspend");
  await go.turnGrant(ours.application, ours.grant, "suspend");
  expect(await served()).toEqual([other.tenant]);
  await go.turnAttestation(ours.application, "reinstate");
  expect(await served()).toEqual([other.tenant]);
  await go.turnGrant(ours.application, ours.grant, "reinstate");
  expect(await served()).toEqual(both);
});

test("what the marketplace revoked serves no approval, and can be attested again, before the approval and after", async () => {
  await gate.setClock("2024-05-13T10:00:00+08:00");
  const { id } = await go.apply(newBrand());
  const approval = () =>
    gate.call("POST /v1/applications/{application}/reviews", { as: "reviewer", params: { application: id }, body: GRANT });
  await go.attest(id);
  await go.turnAttestation(id, "suspend");
  const refused = await approval();
  expectProblem(refused, { status: 409, code: "not-attested" });
  expect(refused.body.errors).toMatchObject([{ code: "attestation-suspended" }]);
  const anew = await gate.call("POST /v1/applications/{application}/attestation", {
    as: "attester",
    params: { application: id },
    body: { expiresAt: "2024-12-01T00:00:00Z" },
  });
  expectProblem(anew, { status: 409, code: "already-attested" });
  expect(anew.body.errors).toMatchObject([{ detail: "It is suspended; possible from here: reinstate, revoke." }]);
  await go.turnAttestation(id, "revoke");
  expectProblem(await approval(), { status: 409, code: "not-attested" });
  await go.attest(id);
  const [{ id: grant }] = (await go.grant(id)).grants;
  await go.turnAttestation(id, "revoke");
  await go.attest(id);
  expect(await go.read(id)).toMatchObject({
    application: { state: "approved" },
    attestation: { state: "current" },
    grants: [{ id: grant, state: "current" }],
  });
});

test("the marketplace's word is renewed before it ends, without an instant in which it does not hold", async () => {
  await gate.setClock("2024-05-13T10:00:00+08:00");
  const { id } = await go.apply(newBrand());
  await go.attest(id, "2024-06-01T00:00:00Z");
  await go.grant(id);
  expect(await go.attest(id, "2024-06-21T00:00:00Z")).toMatchObject({
    state: "current",
    expiresAt: "2024-06-21T00:00:00.000Z",
    version: 2,
  });
  const steps = (await trails(gate)).get(`attestation/${id}`)?.map(({ action, before, after }) => `${action} ${before} ${after}`);
  expect(steps).toEqual(["attestation:give null current", "attestation:renew current current"]);
});

test("a brand whose grant is suspended sets up nothing new meanwhile", async () => {
  await go.turnGrant(ours.application, ours.grant, "suspend");
  expectProblem(await gate.call("POST /v1/campaigns", { as: MEI, body: CAMPAIGN }), { status: 403, code: "not-granted" });
  expectProblem(await gate.call("POST /v1/cards", { as: MEI, body: { ...CARD, campaign: ours.campaign } }), {
    status: 403,
    code: "not-granted",
  });
  await go.turnGrant(ours.application, ours.grant, "reinstate");
  expect((await gate.call("POST /v1/campaigns", { as: MEI, body: CAMPAIGN })).status).toBe(201);
});

test("a grant of another application, or none, is not there to be turned", async () => {
  const { grant: theirs } = { grant: (await go.read((await go.read(ours.application)).application.id)).grants[0].id };
  const elsewhere = (await gate.call("GET /v1/applications", { as: other, query: { season: "618-2024" } })).body.applications[0].id;
  for (const [application, grant] of [
    [elsewhere, theirs],
    [ours.application, "grt_01ARZ3NDEKTSV4RRFFQ69G5FAV"],
  ])
    expectProblem(
      await gate.call("POST /v1/applications/{application}/grants/{grant}/turns", {
        as: "reviewer",
        params: { application, grant },
        body: { verb: "revoke", reason: "x" },
      }),
      { status: 404, code: "not-found" },
    );
});

test("an attestation that was never given is not there to be turned", async () => {
  await gate.setClock("2024-05-13T10:00:00+08:00");
  const { id } = await go.apply(newBrand());
  expectProblem(
    await gate.call("POST /v1/applications/{application}/attestation/turns", {
      as: "attester",
      params: { application: id },
      body: { verb: "suspend", reason: "x" },
    }),
    { status: 404, code: "not-found" },
  );
});

test.each([
  ["attestation", "attester"],
  ["grant", "reviewer"],
] as const)("the %s revoked is revoked for good, from current and from suspended alike", async (key, holder) => {
  await gate.setClock("2024-05-13T10:00:00+08:00");
  const brand = newBrand();
  const mine = ours;
  ours = await go.admit(brand);
  expect(await served()).toContain(brand.tenant);
  if (key === "grant") await turns[key]("suspend", holder);
  expect((await turns[key]("revoke", holder)).body.state).toBe("revoked");
  expect(await served()).not.toContain(brand.tenant);
  for (const verb of ["suspend", "reinstate", "revoke"])
    expectProblem(await turns[key](verb, holder), { status: 409, code: "wrong-state" });
  expect(await served()).not.toContain(brand.tenant);
  expect((await go.read(ours.application)).application.state).toBe("approved");
  ours = mine;
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
