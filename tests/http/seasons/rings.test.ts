import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { newBrand, PLAN, PREPARING, REQUEST, SEASON, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const [one, other] = [newBrand(), newBrand()];
/** A tenth of the viewers from the opening, half a day later, all another day later; brand `other` stays with a hundredth. */
const LIMITS = { complaints: 5, failingLinks: 100, latencyMs: 300 };
const RINGS = [
  {
    brand: null,
    steps: [
      { from: PLAN.phases[0]?.opensAt, share: 1_000 },
      { from: "2024-05-21T20:00:00+08:00", share: 5_000 },
      { from: "2024-05-22T20:00:00+08:00", share: 10_000 },
    ],
    limits: LIMITS,
  },
  { brand: other.tenant, steps: [{ from: "2024-05-01T00:00:00+08:00", share: 100 }], limits: { complaints: 0 } },
];
const VIEWERS = Array.from({ length: 400 }, (_, n) => `viewer-${n}`);

beforeAll(async () => {
  await gate.setClock(PREPARING);
  await go.plan({ ...PLAN, rings: RINGS });
  await go.announce();
  for (const brand of [one, other]) await go.admit(brand);
  await gate.publish();
});
afterAll(() => gate.close());

const post = (what: string, body: object, as: Caller) =>
  gate.call(`POST /v1/seasons/{season}/${what}`, { as, params: { season: SEASON }, body });
const signal = (body: object, as: Caller = "feed") => post("signals", body, as);
const read = async () => (await gate.call("GET /v1/seasons/{season}", { as: "operator", params: { season: SEASON } })).body;
const answer = async (viewer: string) => (await go.decide({ ...REQUEST, slots: 2, viewer: { key: viewer, installedApps: [] } })).slots;
/** By viewer, whom they are shown; and why nobody, where nobody. */
async function shownAt(time: string) {
  await gate.setClock(time);
  const shown: Record<string, string[]> = {};
  const reasons = new Set<string>();
  for (const viewer of VIEWERS) {
    const slots: { brand?: string; noAd?: { reason: string; code: number } }[] = await answer(viewer);
    const brands = slots.flatMap(({ brand }) => brand ?? []).sort();
    if (brands.length > 0) shown[viewer] = brands;
    else reasons.add(`${slots[0]?.noAd?.code} ${slots[0]?.noAd?.reason}`);
  }
  return { shown, reasons: [...reasons] };
}

describe("a season in trial", () => {
  const shares: string[][] = [];

  test.each([
    ["a tenth", "2024-05-20T21:00:00+08:00", 0.1],
    ["half", "2024-05-21T21:00:00+08:00", 0.5],
    ["all", "2024-05-22T21:00:00+08:00", 1],
  ])("is shown to about %s of the viewers", async (_name, time, share) => {
    const { shown, reasons } = await shownAt(time);
    const viewers = Object.keys(shown);
    // Five standard deviations of a binomial.
    const spread = 5 * Math.sqrt(VIEWERS.length * share * (1 - share));
    expect(Math.abs(viewers.length - VIEWERS.length * share)).toBeLessThanOrEqual(spread);
    expect(reasons).toEqual(share < 1 ? ["506 outside-trial-ring"] : []);
    for (const brands of Object.values(shown)) expect(brands).toContain(one.tenant);
    const both = Object.values(shown).filter((brands) => brands.includes(other.tenant)).length;
    expect(both).toBeLessThanOrEqual(4 + 5 * Math.sqrt(4));
    for (const before of shares) expect(viewers).toEqual(expect.arrayContaining(before));
    shares.push(viewers);
  });
});

describe("a signal", () => {
  const NOW = "2024-05-23T12:00:00+08:00";
  const window = { from: "2024-05-23T11:00:00+08:00", until: "2024-05-23T12:00:00+08:00" };

  test("below every limit changes nothing", async () => {
    await gate.setClock(NOW);
    const before = await gate.rows();
    expect((await signal({ ...window, complaints: 5, failingLinks: 100, latencyMs: 300 })).body).toEqual({ halted: false, why: null });
    expect((await signal({ ...window, brand: newBrand().tenant, complaints: 50 })).body).toEqual({ halted: false, why: null });
    expect(await gate.rows()).toEqual(before);
  });

  test("is the host's own feed's, of a time that has been", async () => {
    const elsewhere = { sub: "svc_x", role: "feed", tenant: "another-host" } as const;
    expectProblem(await signal({ ...window, complaints: 50 }, elsewhere), { status: 404, code: "not-found" });
    expectProblem(await signal({ ...window, complaints: 50 }, "operator"), { status: 403, code: "forbidden" });
    const backwards = { from: window.until, until: window.from };
    const coming = { ...window, until: "2024-05-23T12:00:01+08:00" };
    for (const times of [backwards, coming, { from: NOW, until: NOW }])
      expectProblem(await signal({ ...times, complaints: 50 }), { status: 422, code: "bad-signal" });
    for (const complaints of [-1, 100_001, "5"])
      expectProblem(await signal({ ...window, complaints }), { status: 400, code: "invalid-request" });
  });

  test("above a brand's limit halts the brand's ring alone", async () => {
    expect((await signal({ ...window, brand: other.tenant, complaints: 1 })).body).toEqual({
      halted: true,
      why: "complaints 1 is above 0",
    });
    await gate.publish();
    const { shown } = await shownAt("2024-05-23T12:01:00+08:00");
    expect(Object.keys(shown)).toHaveLength(VIEWERS.length);
    expect(new Set(Object.values(shown).flat())).toEqual(new Set([one.tenant]));
  });

  test("above the season's limit halts it for everybody, once however many say so at once", async () => {
    const { version } = await read();
    const replies = await Promise.all(Array.from({ length: 5 }, () => signal({ ...window, latencyMs: 301 })));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(replies.filter(({ body }) => body.halted)).toHaveLength(1);
    expect(await read()).toMatchObject({
      version: version + 1,
      ringTurns: [{ brand: other.tenant }, { brand: null, state: "halted", why: "latencyMs 301 is above 300" }],
    });
    await gate.publish();
    expect(await shownAt("2024-05-23T12:02:00+08:00")).toEqual({ shown: {}, reasons: ["506 outside-trial-ring"] });
  });
});

describe("a halted ring", () => {
  test("is resumed by an operator, with a reason, from the version in hand", async () => {
    const { version } = await read();
    const resume = (body: object, as: Caller = "operator") => post("rings/resumption", body, as);
    expectProblem(await resume({ version }), { status: 400, code: "invalid-request" });
    expectProblem(await resume({ version, reason: "Mended." }, "feed"), { status: 403, code: "forbidden" });
    expectProblem(await resume({ version: version - 1, reason: "Mended." }), { status: 409, code: "season-version-outdated" });
    expectProblem(await resume({ version, reason: "Mended.", brand: one.tenant }), { status: 409, code: "wrong-state" });
    const elsewhere = { sub: "usr_x", role: "operator", tenant: "another-host" } as const;
    expectProblem(await resume({ version, reason: "Mended." }, elsewhere), { status: 404, code: "not-found" });
    const { status, body } = await resume({ version, reason: "Mended." });
    expect(status).toBe(201);
    expect(body.ringTurns.at(-1)).toMatchObject({ brand: null, state: "running", why: "Mended." });
    await gate.publish();
    expect(Object.keys((await shownAt("2024-05-23T12:05:00+08:00")).shown)).toHaveLength(VIEWERS.length);
  });

  test("is not halted again by what was measured before it was resumed", async () => {
    await gate.setClock("2024-05-23T13:00:00+08:00");
    const until = "2024-05-23T13:00:00+08:00";
    expect((await signal({ from: "2024-05-23T11:30:00+08:00", until, latencyMs: 999 })).body.halted).toBe(false);
    expect((await signal({ from: "2024-05-23T12:30:00+08:00", until, latencyMs: 999 })).body.halted).toBe(true);
  });
});

test("a decision of a season in trial is replayed to the same answer", async () => {
  await gate.setClock("2024-05-21T21:00:00+08:00");
  const decided = await go.decide({ ...REQUEST, viewer: { key: "viewer-1", installedApps: [] } });
  const replayed = await gate.call("GET /v1/decisions/{decision}/replay", { as: "operator", params: { decision: decided.id } });
  expect(replayed.status).toBe(200);
  expect(replayed.body.slots.map((slot: { noAd?: object; brand?: string }) => slot.noAd ?? slot.brand)).toEqual(
    decided.slots.map((slot: { noAd?: object; brand?: string }) => slot.noAd ?? slot.brand),
  );
});

test("neither the tables nor the log know a viewer, and every change is on record once", async () => {
  const { registry, delivery } = await gate.rows();
  expect(JSON.stringify([registry, delivery, gate.log])).not.toContain("viewer-1");
  await expectWholeTrails(gate);
});
