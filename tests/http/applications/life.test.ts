import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { people } from "../../../scripts/local/people.ts";
import { expectWholeTrails, trails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { applicationOf, CHANGES, CLOSES, DENIAL, GRANT, newBrand, PLAN, PREPARING, SEASON, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem, sayingOf } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
beforeAll(() => go.season());
afterAll(() => gate.close());

const STAFF = ["attester", "reviewer", "operator", "auditor"] as const;
const UNKNOWN = "app_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const post = (what: string, application: string, as: Caller, body?: object) =>
  gate.call(`POST /v1/applications/{application}/${what}`, { as, params: { application }, ...(body ? { body } : {}) });
const review = (application: string, body: object) => post("reviews", application, "reviewer", body);
const seen = async (application: string, as: Caller) =>
  (await gate.call("GET /v1/applications/{application}", { as, params: { application } })).status;
const listed = async (as: Caller): Promise<string[]> => {
  const { body } = await gate.call("GET /v1/applications", { as, query: { season: SEASON } });
  return body.applications.map(({ id }: { id: string }) => id);
};
const queued = async (application: string) => {
  const { items } = await go.queue();
  return items.find((item: { application: { id: string } }) => item.application.id === application);
};

describe("a draft", () => {
  const brand = newBrand();
  let id: string;
  beforeAll(async () => {
    ({ id } = await go.draft(brand));
  });

  test("is its brand's own: it says so, and what comes next and by when", async () => {
    expect(await go.read(id, brand)).toMatchObject({
      application: { id, state: "draft", revision: 0, submittedAt: null, version: 1 },
      attestation: null,
      grants: [],
      next: { who: "brand", what: "submit", by: "2024-05-20T04:00:00.000Z" },
    });
    expect(await listed(brand)).toEqual([id]);
  });

  test("is to everybody else what an unknown id is, in every way they could ask", async () => {
    const others: readonly [Caller, string, object?][] = [
      ["attester", "attestation", { expiresAt: "2024-06-28T00:00:00+08:00" }],
      ["attester", "attestation/turns", { verb: "revoke", reason: "x" }],
      ["reviewer", "reviews", GRANT],
      ["reviewer", "reviews", DENIAL],
      [newBrand(), "submission"],
      [newBrand(), "withdrawal"],
    ];
    const before = await gate.rows();
    for (const [as, what, body] of others) {
      const reply = await post(what, id, as, body);
      expectProblem(reply, { status: 404, code: "not-found" });
      expect(sayingOf(reply)).toEqual(sayingOf(await post(what, UNKNOWN, as, body)));
    }
    for (const as of [...STAFF, newBrand()]) {
      expect({ as, status: await seen(id, as) }).toEqual({ as, status: 404 });
      expect(await listed(as)).not.toContain(id);
    }
    expect(await queued(id)).toBeUndefined();
    expect(await gate.rows()).toEqual(before);
  });

  test("is edited freely, also into what no machine would admit, and then not submitted", async () => {
    await go.edit(id, brand, { ...applicationOf(brand), categories: ["tobacco"] });
    const reply = await post("submission", id, brand);
    expectProblem(reply, { status: 422, code: "not-admissible" });
    expect(reply.body.errors).toMatchObject([{ code: "category-closed", field: "/categories/0" }]);
    expect((await go.read(id, brand)).application).toMatchObject({ state: "draft", revision: 0, version: 2 });
  });

  test("is submitted by its brand, and then waits for people to see", async () => {
    await go.edit(id, brand, applicationOf(brand));
    expect(await go.submit(id, brand)).toMatchObject({
      state: "pending",
      revision: 1,
      submittedAt: "2024-05-13T02:00:00.000Z",
      version: 4,
    });
    for (const as of STAFF) expect([await seen(id, as), await listed(as)]).toEqual([200, expect.arrayContaining([id])]);
    expect(await queued(id)).toMatchObject({ changes: [], next: { who: "attester", what: "attest" } });
    expect(await seen(id, newBrand())).toBe(404);
  });

  test("that was withdrawn without ever being submitted stays its brand's own", async () => {
    const shy = newBrand();
    const { id: never } = await go.draft(shy);
    await go.withdraw(never, shy);
    for (const as of STAFF) expect([await seen(never, as), (await listed(as)).includes(never)]).toEqual([404, false]);
    expect(await seen(never, shy)).toBe(200);
  });

  test("takes the one place a brand has in a season", async () => {
    const twice = newBrand();
    await go.draft(twice);
    expectProblem(await gate.call("POST /v1/applications", { as: twice, body: applicationOf(twice) }), {
      status: 409,
      code: "already-applied",
    });
  });
});

describe("an application that is sent back for changes", () => {
  const brand = newBrand();
  const form = applicationOf(brand);
  let id: string;
  beforeAll(async () => {
    ({ id } = await go.apply(brand));
    await go.attest(id);
  });

  test("says what was wrong with which element, and waits for its brand", async () => {
    const { application } = await go.review(id, CHANGES);
    expect(application).toMatchObject({
      state: "changes-requested",
      rulings: [{ verb: "request-changes", by: people.reviewer.sub, revision: 1, feedback: CHANGES.feedback }],
    });
    expect((await go.read(id, brand)).next).toEqual({ who: "brand", what: "put-right", by: "2024-05-20T10:00:00.000Z" });
    expect(await queued(id)).toBeUndefined();
  });

  test("is not ruled on or attested while the brand works on it", async () => {
    for (const body of [GRANT, DENIAL, CHANGES]) expectProblem(await review(id, body), { status: 409, code: "wrong-state" });
    expectProblem(await post("attestation", id, "attester", { expiresAt: "2024-06-28T00:00:00+08:00" }), {
      status: 409,
      code: "wrong-state",
    });
  });

  test("comes back with exactly the elements changed since the ruling, however often it was edited", async () => {
    const [licence, trademark] = form.documents;
    const once = { ...form, categories: ["home"], documents: [{ ...licence, fingerprint: "0".repeat(64) }, trademark] };
    await go.edit(id, brand, once);
    await go.edit(id, brand, {
      ...once,
      categories: form.categories,
      contacts: [...form.contacts, { name: "Li", email: "li@example.com" }],
    });
    expect(await go.submit(id, brand)).toMatchObject({ state: "pending", revision: 2, attestedAt: null });
    const { changes, next } = await queued(id);
    expect(changes).toEqual([
      { element: "/documents/0/fingerprint", before: licence.fingerprint, after: "0".repeat(64) },
      { element: "/contacts/1/name", before: null, after: "Li" },
      { element: "/contacts/1/email", before: null, after: "li@example.com" },
    ]);
    expect(next).toMatchObject({ who: "attester", what: "attest" });
  });

  test("has to be attested anew, and compares with the last ruling, not the first", async () => {
    expectProblem(await review(id, GRANT), { status: 409, code: "not-attested" });
    await go.attest(id);
    expect((await queued(id)).next).toMatchObject({ who: "reviewer", what: "review" });
    await go.review(id, CHANGES);
    const now = (await go.read(id, brand)).application;
    await go.edit(id, brand, { ...form, documents: now.documents, contacts: now.contacts, categories: form.categories.with(0, "home") });
    await go.submit(id, brand);
    expect((await queued(id)).changes).toEqual([{ element: "/categories/0", before: form.categories[0], after: "home" }]);
  });

  test("tells in the audit that the marketplace's word lapsed with each resubmission, and was given anew", async () => {
    const steps = (await trails(gate)).get(`attestation/${id}`)?.map(({ action, before, after }) => `${action} ${before} ${after}`);
    const [given, lapsed, anew] = ["give null current", "revoke current revoked", "give revoked current"].map(
      (step) => `attestation:${step}`,
    );
    expect(steps).toEqual([given, lapsed, anew, lapsed]);
    expect(await go.read(id)).toMatchObject({
      application: { attestedAt: null },
      attestation: { state: "revoked", reason: "The application was changed, and what the keys vouched for is no longer so." },
    });
  });

  test("with nothing changed that the marketplace vouches for keeps its word, and waits for the host", async () => {
    const other = newBrand();
    const { id: same } = await go.apply(other);
    await go.attest(same);
    await go.review(same, CHANGES);
    await go.edit(same, other, { ...applicationOf(other), contacts: [{ name: "Li", email: "li@example.com" }] });
    expect(await go.submit(same, other)).toMatchObject({ revision: 2, attestedAt: "2024-05-13T02:00:00.000Z" });
    expect(await go.read(same)).toMatchObject({
      attestation: { state: "current", revision: 1 },
      next: { who: "reviewer", what: "review" },
    });
    expect((await go.grant(same)).application.state).toBe("approved");
  });

  test("is approved in the end, with every ruling kept as it was made", async () => {
    await go.attest(id);
    const { application, grants } = await go.grant(id);
    expect(application.rulings.map(({ verb, revision }: { verb: string; revision: number }) => [verb, revision])).toEqual([
      ["request-changes", 1],
      ["request-changes", 2],
      ["approve", 3],
    ]);
    expect(grants).toHaveLength(1);
    expect((await go.read(id, brand)).next).toEqual({ who: "brand", what: "prepare-cards", by: "2024-05-20T12:00:00.000Z" });
  });
});

describe("an application that is denied", () => {
  const brand = newBrand();
  let id: string;
  beforeAll(async () => {
    ({ id } = await go.apply(brand));
    await go.attest(id);
    await go.review(id, DENIAL);
  });

  test("is appealed once, in the brand's words, and waits for the host again, attested as it was", async () => {
    expect((await go.read(id, brand)).next).toEqual({ who: "brand", what: "appeal", by: "2024-05-18T10:00:00.000Z" });
    expect(await go.appeal(id, brand, "The logo is sharp.")).toMatchObject({ state: "pending", appeal: "The logo is sharp.", revision: 1 });
    expect(await queued(id)).toMatchObject({ application: { appeal: "The logo is sharp." }, changes: [], next: { who: "reviewer" } });
  });

  test("a second time is denied for good", async () => {
    await go.review(id, DENIAL);
    const before = await gate.rows();
    expectProblem(await post("appeal", id, brand, { words: "Once more." }), { status: 409, code: "already-appealed" });
    expect(await gate.rows()).toEqual(before);
    const { application, next } = await go.read(id, brand);
    expect([application.state, application.rulings.length, next]).toEqual(["denied", 2, null]);
  });

  test("is neither edited nor submitted again, whatever a machine would say of it by now", async () => {
    await gate.setClock("2024-05-20T12:00:00+08:00");
    expectProblem(
      await gate.call("PUT /v1/applications/{application}", { as: brand, params: { application: id }, body: applicationOf(brand) }),
      {
        status: 409,
        code: "wrong-state",
      },
    );
    expectProblem(await post("submission", id, brand), { status: 409, code: "wrong-state" });
    await gate.setClock(PREPARING);
  });
});

describe("a name that looks like another brand's", () => {
  const [first, second] = [newBrand(), newBrand()];
  let id: string;
  beforeAll(async () => {
    await go.apply(first, { ...applicationOf(first), names: { zh: "青岚茶", en: "Lanmo Tea" } });
    ({ id } = await go.apply(second, { ...applicationOf(second), names: { zh: "青 岚茶", en: "IANMO ТЕА" } }));
    await go.attest(id);
  });

  test("is flagged, without saying whose it is", async () => {
    const { application } = await go.read(id);
    expect(application.flags).toEqual([{ code: "name-looks-alike", field: "/names", detail: expect.any(String), waived: null }]);
    expect(JSON.stringify(application.flags)).not.toContain(first.tenant);
    expect((await queued(id)).application.flags).toHaveLength(1);
  });

  test("is not approved without a waiver for it, and a waiver needs its reason", async () => {
    const before = await gate.rows();
    const none = await review(id, GRANT);
    expectProblem(none, { status: 422, code: "flag-not-waived" });
    expect(none.body.errors).toMatchObject([{ code: "name-looks-alike", field: "/names" }]);
    expectProblem(await review(id, { ...GRANT, waivers: [{ code: "trial-full", reason: "x" }] }), { status: 422, code: "flag-not-waived" });
    const waivers = ["name-looks-alike", "trial-full"].map((code) => ({ code, reason: "x" }));
    const idle = await review(id, { ...GRANT, waivers });
    expectProblem(idle, { status: 422, code: "not-admissible" });
    expect(idle.body.errors).toMatchObject([{ code: "flag-unknown", field: "/waivers/1/code" }]);
    expect((await review(id, { ...GRANT, waivers: [waivers[0], waivers[0]] })).status).toBe(400);
    for (const reason of ["", " "])
      expect((await review(id, { ...GRANT, waivers: [{ code: "name-looks-alike", reason }] })).status).toBe(400);
    expect(await gate.rows()).toEqual(before);
  });

  test("is approved with it, and who waived it, when and why stay with the application and in the audit", async () => {
    const { application } = await go.review(id, { ...GRANT, waivers: [{ code: "name-looks-alike", reason: "One house, two brands." }] });
    const waived = { by: people.reviewer.sub, at: "2024-05-13T02:00:00.000Z", reason: "One house, two brands." };
    expect(application.flags).toMatchObject([{ code: "name-looks-alike", waived }]);
    const last = (await trails(gate)).get(`application/${id}`)?.at(-1);
    expect(last).toMatchObject({ action: "application:approve", why: "name-looks-alike: One house, two brands." });
  });

  test("is not flagged when the brand that has it is itself", async () => {
    await go.withdraw(id, second);
    const again = await go.apply(second, { ...applicationOf(second), names: { zh: "新名", en: `New ${second.tenant}` } });
    await go.withdraw(again.id, second);
    expect((await go.apply(second, { ...applicationOf(second), names: { zh: "新名", en: `NEW ${second.tenant}` } })).flags).toEqual([]);
  });
});

describe("withdrawing", () => {
  const brand = newBrand();
  let first: string;
  let second: string;

  test("revokes both keys and gives the place back, so that the brand may apply again", async () => {
    ({ application: first } = await go.admit(brand));
    expect(await go.withdraw(first, brand)).toMatchObject({ state: "withdrawn" });
    expect(await go.read(first, brand)).toMatchObject({
      attestation: { state: "revoked", reason: "The application was withdrawn." },
      grants: [{ state: "revoked", reason: "The application was withdrawn." }],
      next: null,
    });
    ({ id: second } = await go.apply(brand));
    expect((await listed(brand)).sort()).toEqual([first, second].sort());
  });

  test("is for good: nothing more is done to what was withdrawn", async () => {
    for (const [what, as, body] of [
      ["submission", brand],
      ["withdrawal", brand],
      ["appeal", brand, { words: "x" }],
      ["reviews", "reviewer", GRANT],
      ["attestation", "attester", { expiresAt: "2024-06-28T00:00:00+08:00" }],
      ["attestation/turns", "attester", { verb: "reinstate", reason: "x" }],
    ] as const)
      expectProblem(await post(what, first, as, body), { status: 409, code: "wrong-state" });
  });

  test("the new application has keys of its own, and neither has the other's", async () => {
    expect(await go.read(second, brand)).toMatchObject({ attestation: null, grants: [] });
    await go.attest(second);
    const { grants } = await go.grant(second);
    expect((await go.read(second)).grants.map(({ id }: { id: string }) => id)).toEqual([grants[0].id]);
    expect((await go.read(first)).grants.map(({ id }: { id: string }) => id)).not.toContain(grants[0].id);
    const turn = { verb: "revoke", reason: "x" };
    const params = { application: first, grant: grants[0].id };
    expectProblem(await gate.call("POST /v1/applications/{application}/grants/{grant}/turns", { as: "reviewer", params, body: turn }), {
      status: 404,
      code: "not-found",
    });
  });

  test.each(["pending", "changes-requested", "denied"])("is possible while it is %s", async (state) => {
    const leaving = newBrand();
    const { id } = await go.apply(leaving);
    if (state !== "pending") await go.review(id, state === "denied" ? DENIAL : CHANGES);
    expect((await go.withdraw(id, leaving)).state).toBe("withdrawn");
    expect((await go.apply(leaving)).state).toBe("pending");
  });
});

test("nobody attests or rules on what they had a hand in, whoever else had too", async () => {
  const ann = newBrand();
  const bo: User = { ...ann, sub: "usr_colleague" };
  const { id } = await go.apply(ann);
  const vouching = (sub: string): User => ({ sub, role: "attester", tenant: people.attester.tenant });
  const expiresAt = "2024-06-28T00:00:00+08:00";
  expectProblem(await post("attestation", id, vouching(ann.sub), { expiresAt }), { status: 403, code: "self-review" });
  await go.attest(id);
  await go.review(id, DENIAL);
  await go.appeal(id, bo);
  await go.turnAttestation(id, "suspend");
  const before = await gate.rows();
  for (const { sub } of [ann, bo])
    expectProblem(await post("attestation/turns", id, vouching(sub), { verb: "reinstate", reason: "x" }), {
      status: 403,
      code: "self-review",
    });
  for (const { sub } of [ann, bo]) {
    const turned: User = { sub, role: "reviewer", tenant: people.reviewer.tenant };
    for (const body of [GRANT, DENIAL, CHANGES])
      expectProblem(await post("reviews", id, turned, body), { status: 403, code: "self-review" });
  }
  expect(await gate.rows()).toEqual(before);
  await go.turnAttestation(id, "reinstate");
  expect((await go.grant(id)).application.state).toBe("approved");
});

test("a ruling about an element that the application does not have is refused, and changes nothing", async () => {
  const { id } = await go.apply(newBrand());
  const before = await gate.rows();
  for (const decision of ["deny", "request-changes"] as const) {
    const reply = await review(id, { decision, feedback: [...DENIAL.feedback, { ...DENIAL.feedback[0], element: "/images/0" }] });
    expectProblem(reply, { status: 422, code: "not-admissible" });
    expect(reply.body.errors).toMatchObject([{ code: "element-unknown", field: "/feedback/1/element" }]);
  }
  expect(await gate.rows()).toEqual(before);
});

test("however much a host has to say and however often, it is told when to stop, can still say no, and never meets a fault of ours", async () => {
  const brand = newBrand();
  const { id } = await go.apply(brand);
  const feedback = Array.from({ length: 20 }, () => ({ ...DENIAL.feedback[0], text: "徽".repeat(500) }));
  let rounds = 0;
  for (; rounds < 60; rounds++) {
    const reply = await review(id, { decision: "request-changes", feedback });
    if (reply.status !== 201) {
      expectProblem(reply, { status: 409, code: "too-many-rulings" });
      break;
    }
    await go.submit(id, brand);
  }
  expect(rounds).toBeGreaterThan(3);
  expect(rounds).toBeLessThan(60);
  for (const last of [false, true]) {
    expect((await go.review(id, { decision: "deny", feedback })).application.state).toBe("denied");
    if (!last) await go.appeal(id, brand, "诉".repeat(500));
  }
  expect((await go.withdraw(id, brand)).state).toBe("withdrawn");
});

test("once a season is over nothing is decided on it or asked of anybody", async () => {
  const [pending, denied] = [newBrand(), newBrand()];
  const { id: waiting } = await go.apply(pending);
  await go.attest(waiting);
  const { id: refused } = await go.apply(denied);
  await go.review(refused, DENIAL);
  await gate.setClock(CLOSES);
  const over = { status: 409, code: "season-not-open-to-applications" };
  expectProblem(await review(waiting, GRANT), over);
  expectProblem(await post("appeal", refused, denied, { words: "Look again." }), over);
  expect([(await go.read(waiting)).next, (await go.read(refused)).next, await queued(waiting)]).toEqual([null, null, undefined]);
  expect((await go.review(waiting, DENIAL)).application.state).toBe("denied");
  await gate.setClock(PREPARING);
});

test("a season that is still a draft, or is none, is to a brand's draft as if it were not there", async () => {
  await go.plan({ ...PLAN, id: "planned-2024" });
  const ask = (season: string) => {
    const brand = newBrand();
    return gate.call("POST /v1/applications", { as: brand, body: { ...applicationOf(brand), season, submit: false } });
  };
  expect(sayingOf(await ask("planned-2024"))).toEqual(sayingOf(await ask("nowhere")));
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
