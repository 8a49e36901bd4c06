import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { openGate } from "../../support/gate.ts";
import { MEI, newBrand, OPENS, PREPARING, REQUEST, SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const [undecided, stranger] = [newBrand(), newBrand()];
const OTHER_OPERATOR: User = { sub: "x", role: "operator", tenant: "another-host" };
const OTHER_ATTESTER: User = { sub: "x", role: "attester", tenant: "another-market" };
let card = "";
let application = "";

const WAVE_1 = "2024-05-21T12:00:00.000Z";
/** When the sample's clock is moved to for what people do in these tests. */
const MONDAY = "2024-05-22T10:00:00+08:00";

beforeAll(async () => {
  await go.season();
  ({ card, application } = await go.admit(MEI));
  await go.apply(undecided);
  await gate.publish();
  await gate.setClock(MONDAY);
});
afterAll(() => gate.close());

const of = async (
  query: Readonly<Record<string, string>> = {},
  as: User | "operator" | "auditor" | "reviewer" | "attester" = "operator",
) => {
  const { answers } = await go.explain({ season: SEASON, brand: MEI.tenant, ...query }, as);
  expect(answers).toHaveLength(1);
  return answers[0];
};
const codes = ({ reasons }: { reasons: { reason: string }[] }) => reasons.map(({ reason }) => reason);

describe("a brand", () => {
  test("that is live: its phase, its cards, the versions, and when that ends", async () => {
    expect(await of()).toEqual({
      season: SEASON,
      brand: MEI.tenant,
      live: true,
      phase: "wave-1",
      reasons: [],
      cards: [{ card, campaign: expect.stringMatching(/^cmp_/), served: true, reason: null, says: null }],
      changesAt: "2024-05-28T15:59:59.750Z",
      knownUntil: null,
      versions: { snapshot: expect.any(Number), season: expect.any(Number), switches: 0 },
      application: null,
    });
  });

  test("between the waves: the reason with its number, in two languages, what takes it away, and when", async () => {
    const answer = await of({ at: "2024-05-30T12:00:00+08:00" });
    expect(answer).toMatchObject({ live: false, phase: null, changesAt: "2024-05-31T12:00:00.250Z" });
    expect(answer.reasons).toEqual([
      {
        code: 501,
        reason: "phase-not-open",
        says: { en: expect.any(String), zh: expect.any(String) },
        remedy: { en: expect.any(String), zh: expect.any(String) },
      },
    ]);
    expect(answer.cards).toMatchObject([{ card, served: false, reason: "brand-not-eligible", says: { en: expect.any(String) } }]);
  });

  test.each([
    ["1 ms before its guard band ends", "2024-05-31T20:00:00.249+08:00", false],
    ["as it ends", "2024-05-31T20:00:00.250+08:00", true],
    ["1 ms before the last of it", "2024-06-20T23:59:59.749+08:00", true],
    ["at the last of it", "2024-06-20T23:59:59.750+08:00", false],
  ])("in the window's guard band is as decisions have it: %s", async (_name, at, live) => {
    expect((await of({ at })).live).toBe(live);
  });

  test("far in the future: that the season is closed, for good", async () => {
    const answer = await of({ at: "9999-12-31T23:59:59Z" });
    expect([codes(answer), answer.changesAt]).toEqual([["season-closed", "grant-expired", "attestation-missing"], null]);
  });

  test("without a grant: that it has none, and where its application stands", async () => {
    const answer = await of({ brand: undecided.tenant });
    expect(codes(answer)).toEqual(["brand-not-whitelisted", "attestation-missing"]);
    expect(answer.application).toEqual({ id: expect.stringMatching(/^app_/), state: "pending" });
    expect((await of({ brand: stranger.tenant })).application).toBeNull();
  });

  test("asks about itself, named or not, and about no other", async () => {
    for (const query of [{}, { brand: MEI.tenant }]) {
      const { answers } = await go.explain(query, MEI);
      expect(answers.map(({ brand }: { brand: string }) => brand)).toEqual([MEI.tenant]);
    }
    expectProblem(await gate.call("GET /v1/explain", { as: MEI, query: { surface: SURFACE, brand: undecided.tenant } }), {
      status: 404,
      code: "not-found",
    });
  });
});

describe("the past", () => {
  test("is told from what was served then: before and after a key was turned, and a card's flight is what it was", async () => {
    await gate.setClock("2024-05-23T10:00:00+08:00");
    await go.turnAttestation(application, "suspend");
    await gate.setClock("2024-05-23T10:00:01+08:00");
    await gate.publish();
    await gate.setClock("2024-05-23T12:00:00+08:00");
    await go.turnAttestation(application, "reinstate");
    await gate.publish();
    await gate.setClock("2024-05-23T14:00:00+08:00");

    const before = await of({ at: "2024-05-23T10:00:00.999+08:00" });
    expect([before.live, before.changesAt]).toEqual([true, "2024-05-23T02:00:01.000Z"]);
    const during = await of({ at: "2024-05-23T11:00:00+08:00" });
    expect([codes(during), during.changesAt]).toEqual([["attestation-missing"], "2024-05-23T04:00:00.000Z"]);
    const since = await of({ at: "2024-05-23T12:00:00+08:00" });
    expect([since.live, since.changesAt]).toEqual([true, "2024-05-28T15:59:59.750Z"]);
    const versions = [before, during, since].map((each) => each.versions.snapshot);
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
  });

  test("knows which switches were thrown", async () => {
    await gate.setClock("2024-05-24T10:00:00+08:00");
    const thrown = await go.throw({ level: "season", season: SEASON });
    await gate.setClock("2024-05-24T11:00:00+08:00");
    expect(codes(await of())).toEqual(["kill-switch"]);
    await go.lift(thrown.id);
    await gate.setClock("2024-05-24T12:00:00+08:00");
    const at = async (time: string) => {
      const answer = await of({ at: `2024-05-24T${time}+08:00` });
      return [answer.live, answer.changesAt];
    };
    expect(await at("09:59:59.999")).toEqual([true, "2024-05-24T02:00:00.000Z"]);
    expect(await at("10:00:00")).toEqual([false, "2024-05-24T03:00:00.000Z"]);
    expect(await at("10:59:59.999")).toEqual([false, "2024-05-24T03:00:00.000Z"]);
    expect(await at("11:00:00")).toEqual([true, "2024-05-28T15:59:59.750Z"]);
  });

  test("before anything was published, or longer ago than it is kept, is refused in so many words", async () => {
    for (const at of ["2024-05-01T00:00:00+08:00", "0001-01-01T00:00:00Z"])
      expectProblem(await gate.call("GET /v1/explain", { as: "operator", query: { surface: SURFACE, at } }), {
        status: 410,
        code: "no-longer-kept",
      });
  });

  test("of a season that was not served of yet is that nobody was in it", async () => {
    const { id } = await go.plan({
      id: "later-2024",
      marketplace: "tmall",
      zone: "Asia/Shanghai",
      names: { zh: "下一季", en: "The next" },
      phases: [{ id: "only", names: { zh: "一", en: "One" }, opensAt: "2024-08-01T00:00:00+08:00", closesAt: "2024-08-02T00:00:00+08:00" }],
      admissions: [{ surface: SURFACE, storeTypes: ["flagship"], closedCategories: [], requiredDocuments: [] }],
    });
    await go.announce(id);
    const answer = await of({ season: id, at: "2024-05-24T10:00:00+08:00" });
    expect([answer.season, codes(answer)]).toEqual([id, ["phase-not-open", "brand-not-whitelisted", "attestation-missing"]]);
  });
});

describe("whose it is to know", () => {
  test.each(["reviewer", "operator", "auditor", "attester"] as const)("the parties': %s", async (as) => {
    expect((await of({ at: WAVE_1 }, as)).live).toBe(true);
  });

  test("and nobody else's", async () => {
    const query = { surface: SURFACE, season: SEASON };
    for (const as of [OTHER_OPERATOR, OTHER_ATTESTER])
      expectProblem(await gate.call("GET /v1/explain", { as, query }), { status: 404, code: "not-found" });
    expectProblem(await gate.call("GET /v1/explain", { as: OTHER_OPERATOR, query: { surface: SURFACE } }), {
      status: 404,
      code: "not-found",
    });
    expect((await go.explain({}, OTHER_ATTESTER)).answers).toEqual([]);
    expectProblem(await gate.call("GET /v1/explain", { as: "feed", query }), { status: 403, code: "forbidden" });
  });

  test.each([
    ["a surface that is not", { surface: "nowhere" }, 404],
    ["a season that is not", { surface: SURFACE, season: "618-2042" }, 404],
    ["no instant", { surface: SURFACE, at: "yesterday" }, 400],
    ["an instant without an offset", { surface: SURFACE, at: "2024-05-21T12:00:00" }, 400],
    ["no surface", {}, 400],
  ] as const)("%s is refused", async (_name, query, status) => {
    expect((await gate.call("GET /v1/explain", { as: "operator", query })).status).toBe(status);
  });
});

test("all brands are told page by page, and explained live exactly when decisions show them", async () => {
  await gate.setClock(PREPARING);
  const more = [newBrand(), newBrand(), newBrand()];
  for (const [index, brand] of more.entries()) await go.admit(brand, index === 1 ? "2024-05-25T00:00:00+08:00" : undefined);
  await gate.setClock("2024-05-26T10:00:00+08:00");
  await gate.publish();
  const told: { brand: string; live: boolean }[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const { answers, next } = await go.explain({ season: SEASON, limit: "2", ...(cursor ? { cursor } : {}) });
    told.push(...answers);
    cursor = next ?? undefined;
    pages++;
  } while (cursor);
  expect(pages).toBe(2);
  expect(told.map(({ brand }) => brand)).toEqual([MEI, ...more].map(({ tenant }) => tenant).sort());
  const { slots } = await go.decide({ ...REQUEST, slots: 10 });
  const shown = slots.flatMap(({ brand }: { brand?: string }) => brand ?? []);
  expect(told.filter(({ live }) => live).map(({ brand }) => brand)).toEqual(shown.sort());
  expect(shown).toHaveLength(3);
});

test("a card is told apart from its brand: which would be shown, and why another would not", async () => {
  const flight = { opensAt: "2024-05-27T00:00:00+08:00", closesAt: "2024-05-28T00:00:00+08:00" };
  const { id: campaign } = await go.campaign(MEI, { season: SEASON, surface: SURFACE, name: "one day", flight });
  const { id: flying } = await go.card(campaign, MEI);
  await go.approveCard(flying);
  await go.throw({ level: "card", card });
  await gate.setClock("2024-05-26T11:00:00+08:00");
  await gate.publish();
  const now = await of();
  expect(codes(now)).toEqual(["kill-switch"]);
  expect(Object.fromEntries(now.cards.map((each: { card: string; reason: string | null }) => [each.card, each.reason]))).toEqual({
    [card]: "kill-switch",
    [flying]: "window-not-open",
  });
  expect(now.changesAt).toBe("2024-05-26T16:00:00.250Z");
  expect((await of({ at: "2024-05-26T16:00:00.250Z" })).live).toBe(true);
  expect(Date.parse(OPENS)).toBeLessThan(Date.parse(now.changesAt));
});
