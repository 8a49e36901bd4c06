import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openGate } from "../support/gate.ts";
import {
  APPLICATION,
  applicationOf,
  CAMPAIGN,
  CARD,
  CLOSES,
  DENIAL,
  GRANT,
  MEI,
  newBrand,
  PLAN,
  PREPARING,
  SERVING,
  stepsOf,
  TERMS,
} from "../support/gate-steps.ts";
import { expectProblem } from "../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
beforeAll(() => go.season());
afterAll(() => gate.close());

const review = (application: string, body: object, as: Parameters<typeof gate.call>[1] = {}) =>
  gate.call("POST /v1/applications/{application}/reviews", { as: "reviewer", params: { application }, body, ...as });
const codesIn = (errors: readonly { code: string; field: string }[]) => errors.map(({ code, field }) => `${code} ${field}`);

describe("applying", () => {
  test("a brand applies once to a season; the second time it is told that it has", async () => {
    const brand = newBrand();
    await go.apply(brand);
    const before = await gate.rows();
    expectProblem(await gate.call("POST /v1/applications", { as: brand, body: applicationOf(brand) }), {
      status: 409,
      code: "already-applied",
    });
    expect(await gate.rows()).toEqual(before);
  });

  test("of many at once, one application is taken", async () => {
    const brand = newBrand();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => gate.call("POST /v1/applications", { as: brand, body: applicationOf(brand) })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  test("what the machine can refuse it refuses at once, with every reason and the element it is about", async () => {
    const form = {
      ...APPLICATION,
      store: { ...APPLICATION.store, type: "independent" },
      categories: ["beauty", "tobacco"],
      documents: [{ kind: "trademark", number: "T-1", fingerprint: "0".repeat(64), expiresOn: "2024-06-19" }],
    };
    const reply = await gate.call("POST /v1/applications", { as: newBrand(), body: form });
    expectProblem(reply, { status: 422, code: "not-admissible" });
    expect(codesIn(reply.body.errors)).toEqual([
      "document-expiring /documents/0/expiresOn",
      "store-type-not-admitted /store/type",
      "category-closed /categories/1",
      "document-missing /documents",
    ]);
  });

  test("after the deadline nobody is let in any more", async () => {
    await gate.setClock(PLAN.instants.applicationsClose);
    const reply = await gate.call("POST /v1/applications", { as: newBrand(), body: APPLICATION });
    await gate.setClock(PREPARING);
    expectProblem(reply, { status: 422, code: "not-admissible" });
    expect(codesIn(reply.body.errors)).toEqual(["deadline-passed /season"]);
  });
});

describe("deciding", () => {
  test("nobody approves what they submitted themselves, whatever role they have got since", async () => {
    const brand = newBrand();
    const { id } = await go.apply(brand);
    await go.attest(id);
    const as = { sub: brand.sub, role: "reviewer", tenant: "wechat" } as const;
    const before = await gate.rows();
    expectProblem(await review(id, GRANT, { as }), { status: 403, code: "self-review" });
    expectProblem(await review(id, DENIAL, { as }), { status: 403, code: "self-review" });
    expect(await gate.rows()).toEqual(before);
  });

  test("the host cannot approve before the marketplace has vouched", async () => {
    const { id } = await go.apply(newBrand());
    expectProblem(await review(id, GRANT), { status: 409, code: "not-attested" });
  });

  test("a decision stands: the second is told that it is one", async () => {
    const { id } = await go.apply(newBrand());
    await go.attest(id);
    await go.grant(id);
    expectProblem(await review(id, GRANT), { status: 409, code: "wrong-state" });
    expectProblem(await review(id, DENIAL), { status: 409, code: "wrong-state" });
  });

  test("of many reviewers at once, one decides", async () => {
    const { id } = await go.apply(newBrand());
    await go.attest(id);
    const replies = await Promise.all([GRANT, DENIAL, GRANT, DENIAL, GRANT].map((body) => review(id, body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  test("a denial keeps the code, the words and the element, and the brand reads them", async () => {
    const brand = newBrand();
    const { id } = await go.apply(brand);
    expect((await review(id, DENIAL)).body).toMatchObject({ application: { state: "denied" }, grants: [] });
    const { body } = await gate.call("GET /v1/applications/{application}", { as: brand, params: { application: id } });
    const ruling = { verb: "deny", revision: 1, feedback: DENIAL.feedback };
    expect(body).toMatchObject({
      application: { state: "denied", rulings: [ruling], version: 2 },
      grants: [],
      attestation: null,
      next: { who: "brand", what: "appeal" },
    });
  });

  test("a grant names only phases and templates that there are", async () => {
    const { id } = await go.apply(newBrand());
    await go.attest(id);
    const reply = await review(id, {
      ...GRANT,
      grants: [
        { ...TERMS, phases: ["wave-9"], templates: ["310", "constructor"] },
        { ...TERMS, surface: "elsewhere" },
      ],
    });
    expectProblem(reply, { status: 422, code: "not-admissible" });
    expect(codesIn(reply.body.errors)).toEqual([
      "phases-unknown /grants/0/phases/0",
      "templates-unknown /grants/0/templates/1",
      "surface-not-applied-for /grants/1/surface",
    ]);
  });

  test("a card is decided once, and never by its submitter", async () => {
    const brand = newBrand();
    const { campaign } = await go.admit(brand);
    const { id: card } = await go.card(campaign, brand);
    const decide = (as: Parameters<typeof gate.call>[1], body: object) =>
      gate.call("POST /v1/cards/{card}/reviews", { params: { card }, body, ...as });
    const self = { as: { sub: brand.sub, role: "reviewer", tenant: "wechat" } } as const;
    expectProblem(await decide(self, { decision: "approve", version: 1 }), { status: 403, code: "self-review" });
    expect((await decide({ as: "reviewer" }, { ...DENIAL, version: 1 })).body).toMatchObject({
      status: "denied",
      feedback: DENIAL.feedback,
    });
    expectProblem(await decide({ as: "reviewer" }, { decision: "approve", version: 2 }), { status: 409, code: "already-decided" });
  });

  test("a brand without a grant sets up nothing", async () => {
    expectProblem(await gate.call("POST /v1/campaigns", { as: newBrand(), body: CAMPAIGN }), { status: 403, code: "not-granted" });
  });

  test("a card that breaks the template's limits is told each one", async () => {
    const brand = newBrand();
    const { campaign } = await go.admit(brand);
    const body = { ...CARD, campaign, text: { text: "最好的" }, images: CARD.images.slice(1), callToAction: "点我" };
    const reply = await gate.call("POST /v1/cards", { as: brand, body });
    expectProblem(reply, { status: 422, code: "card-not-acceptable" });
    expect(codesIn(reply.body.errors)).toEqual([
      expect.stringMatching(/^text-.* \/text\/text$/),
      "image-count /images",
      "call-to-action-unknown /callToAction",
    ]);
  });
});

describe("planning", () => {
  const later = { ...PLAN, id: "summer-2024" };
  const publish = (season: string, version: number) =>
    gate.call("POST /v1/seasons/{season}/publication", { as: "operator", params: { season }, body: { version } });

  test("a season whose windows meet a published one's on the same surface is not published", async () => {
    await go.plan(later);
    const before = await gate.rows();
    const reply = await publish(later.id, 1);
    expectProblem(reply, { status: 422, code: "bad-timeline" });
    expect(codesIn(reply.body.errors)).toEqual(["season-overlap /phases"]);
    expect(await gate.rows()).toEqual(before);
  });

  test("of two overlapping drafts published at once, one is", async () => {
    const phases = PLAN.phases
      .slice(0, 1)
      .map((phase) => ({ ...phase, opensAt: "2025-01-01T00:00:00Z", closesAt: "2025-01-09T00:00:00Z" }));
    const ids = ["new-year-a", "new-year-b"];
    for (const id of ids) await go.plan({ ...PLAN, id, phases, instants: {} });
    const replies = await Promise.all(ids.map((id) => publish(id, 1)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409 || status === 422)).toHaveLength(1);
  });

  test("the version in hand has to be the draft's", async () => {
    expectProblem(await publish(later.id, 2), { status: 409, code: "season-version-outdated" });
  });

  test("a published season is not published again, and no other takes its id", async () => {
    expectProblem(await publish(PLAN.id, 2), { status: 409, code: "nothing-proposed" });
    expectProblem(await gate.call("POST /v1/seasons", { as: "operator", body: PLAN }), { status: 409, code: "season-exists" });
  });

  test("a plan that is no timeline is told each fault", async () => {
    const [first, second] = PLAN.phases;
    const body = {
      ...PLAN,
      id: "muddle",
      phases: [first, { ...second, id: "wave-1", opensAt: "2024-05-28T00:00:00+08:00", closesAt: "2024-05-28T00:00:00+08:00" }],
      instants: { applicationsClose: CLOSES, clickGraceEnds: "2024-05-01T00:00:00Z" },
    };
    const reply = await gate.call("POST /v1/seasons", { as: "operator", body });
    expectProblem(reply, { status: 422, code: "bad-timeline" });
    expect(codesIn(reply.body.errors)).toEqual([
      "window-empty /phases/1/closesAt",
      "window-overlap /phases/1/opensAt",
      "phase-repeated /phases/1/id",
      "instant-out-of-order /instants/applicationsClose",
      "instant-out-of-order /instants/clickGraceEnds",
    ]);
  });

  test("a draft takes no applications, and looks to a brand like a season that is not", async () => {
    const reply = await gate.call("POST /v1/applications", { as: newBrand(), body: { ...APPLICATION, season: later.id } });
    const unknown = await gate.call("POST /v1/applications", { as: newBrand(), body: { ...APPLICATION, season: "nowhere" } });
    expect({ ...reply.body, requestId: "" }).toEqual({ ...unknown.body, requestId: "" });
  });
});

test("the list of a season is what the season's parties decide on", async () => {
  const query = { season: PLAN.id };
  const { body } = await gate.call("GET /v1/applications", { as: "reviewer", query });
  const mine = await gate.call("GET /v1/applications", { as: MEI, query });
  expect(body.applications.length).toBeGreaterThan(5);
  expect(mine.body.applications).toEqual([]);
  await gate.setClock(SERVING);
});
