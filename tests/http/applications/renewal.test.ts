import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { applicationOf, newBrand, PLAN, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const [admission] = PLAN.admissions;
const NEXT = {
  ...PLAN,
  id: "618-2026",
  phases: [{ ...PLAN.phases[0], opensAt: "2026-05-20T20:00:00+08:00", closesAt: "2026-06-20T00:00:00+08:00" }],
  instants: { applicationsClose: "2026-05-20T12:00:00+08:00", clickGraceEnds: "2026-06-28T00:00:00+08:00" },
  admissions: [{ ...admission, requiredDocuments: [...(admission?.requiredDocuments ?? []), "brand-story"] }],
};
beforeAll(async () => {
  await go.season();
  await go.plan(NEXT);
  await go.announce(NEXT.id);
});
afterAll(() => gate.close());

const renew = (application: string, as: Caller, season = NEXT.id) =>
  gate.call("POST /v1/applications/{application}/renewal", { as, params: { application }, body: { season } });

async function approved(brand: User) {
  const { id } = await go.apply(brand, { ...applicationOf(brand) });
  await go.attest(id);
  await go.grant(id);
  return id;
}

test("a renewal is a draft of what was approved, with what it breaks of the new season's rules", async () => {
  const brand = newBrand();
  const earlier = await approved(brand);
  const { status, body } = await renew(earlier, brand);
  expect(status).toBe(201);
  expect(body.application).toMatchObject({
    state: "draft",
    season: NEXT.id,
    renews: { application: earlier, revision: 1 },
    attestedAt: null,
  });
  expect(body.faults.map(({ code }: { code: string }) => code)).toEqual(expect.arrayContaining(["document-missing"]));
  expectProblem(await renew(earlier, brand), { status: 409, code: "already-applied" });
});

test("a renewal put right shows the people only what differs from what was approved, and has neither key", async () => {
  const brand = newBrand();
  const earlier = await approved(brand);
  const { body } = await renew(earlier, brand);
  const id = body.application.id as string;
  const form = { ...applicationOf(brand), season: NEXT.id };
  const documents = form.documents.map((each: object) => ({ ...each, expiresOn: "2027-12-31" }));
  const story = { ...documents[0], kind: "brand-story" };
  await gate.call("PUT /v1/applications/{application}", {
    as: brand,
    params: { application: id },
    body: { ...form, documents: [...documents, story] },
  });
  const submitted = await gate.call("POST /v1/applications/{application}/submission", { as: brand, params: { application: id } });
  expect(submitted.body).toMatchObject({ state: "pending", attestedAt: null });
  const { body: queue } = await gate.call("GET /v1/reviews", { as: "reviewer" });
  const item = queue.items.find(({ application }: { application: { id: string } }) => application.id === id);
  const touched = item.changes.map(({ element }: { element: string }) => element.split("/")[1]);
  expect(touched.length).toBeGreaterThan(0);
  expect(new Set(touched)).toEqual(new Set(["documents"]));
  expect(await go.read(id)).toMatchObject({ attestation: null, grants: [] });
});

test("a renewal of what was never approved, or of another brand's, is refused", async () => {
  const brand = newBrand();
  const { id } = await go.apply(brand, { ...applicationOf(brand) });
  expectProblem(await renew(id, brand), { status: 409, code: "wrong-state" });
  expectProblem(await renew(id, newBrand()), { status: 404, code: "not-found" });
});
