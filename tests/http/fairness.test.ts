import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openGate } from "../support/gate.ts";
import { MEI, newBrand, REQUEST, SERVING, SURFACE, stepsOf, tokenIn } from "../support/gate-steps.ts";
import { expectProblem } from "../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const other = newBrand();
const query = { season: "618-2024", surface: SURFACE };
const report = (as: Parameters<typeof gate.call>[1]) => gate.call("GET /v1/reports/fairness", { query, ...as });
afterAll(() => gate.close());

/** So many decisions, of which the feed tells what it showed of one brand, or of both. */
async function showTimes(times: number, brands: readonly string[]): Promise<number> {
  let told = 0;
  for (let n = 0; n < times; n++) {
    const [slot] = (await go.decide({ ...REQUEST, viewer: { key: `v-${n}`, installedApps: [] } })).slots;
    if (!brands.includes(slot.brand)) continue;
    await gate.call("GET /i/{token}", { params: tokenIn(slot.impressionUrl) });
    told++;
  }
  await gate.tally();
  return told;
}

beforeAll(async () => {
  await go.season();
  await go.admit();
  await go.admit(other);
  await gate.publish();
  await gate.setClock(SERVING);
  await gate.tick();
});

test("before anything was shown, everybody shares and nothing is due", async () => {
  const { body } = await report({ as: "operator" });
  expect(body).toMatchObject({ ...query, at: "2024-05-20T12:00:01.000Z", spread: null });
  expect(body.brands).toHaveLength(2);
  for (const row of body.brands)
    expect(row).toMatchObject({ state: "sharing", targetShare: 0.5, delivered: 0, due: 0, ratio: null, ceiling: 2_000 });
});

test("then who was shown too little, for how long, and what is due to it, is told, and it is drawn more", async () => {
  const shown = await showTimes(40, [MEI.tenant]);
  await gate.setClock("2024-05-20T20:01:01+08:00");
  await gate.tick();
  const { body } = await report({ as: "auditor" });
  const [mei, theirs] = [MEI.tenant, other.tenant].map((brand) => body.brands.find((row: { brand: string }) => row.brand === brand));
  expect(mei).toMatchObject({
    delivered: shown,
    deliveredShare: 1,
    due: shown / 2,
    ratio: 2,
    minutes: 1,
    minutesWithout: 0,
    minutesStarved: 0,
  });
  expect(theirs).toMatchObject({
    delivered: 0,
    deliveredShare: 0,
    due: shown / 2,
    ratio: 0,
    minutes: 1,
    minutesWithout: 1,
    minutesStarved: 1,
  });
  expect(body.spread).toBeNull();
  expect(await showTimes(20, [other.tenant])).toBeGreaterThan(0);
  await gate.setClock("2024-05-20T20:02:01+08:00");
  await gate.tick();
  expect((await report({ as: "operator" })).body.spread).toBeGreaterThan(1);
});

test("a brand sees its own row and nothing of the others; who is no party sees nothing", async () => {
  const { body, text } = await report({ as: MEI });
  expect(body.brands.map(({ brand }: { brand: string }) => brand)).toEqual([MEI.tenant]);
  expect(body.spread).toBeNull();
  expect(text).not.toContain(other.tenant);
  expectProblem(await report({ as: { sub: "x", role: "operator", tenant: "elsewhere" } }), { status: 404, code: "not-found" });
  expectProblem(await report({ as: "operator", query: { ...query, surface: "elsewhere" } }), { status: 404, code: "not-found" });
});

test("it is also given as CSV", async () => {
  const { text, headers } = await report({ as: "operator", query: { ...query, format: "csv" } });
  expect(headers["content-type"]).toContain("text/csv");
  const [head, ...rows] = text.trim().split("\r\n");
  expect(head).toContain('"brand","state","since","targetShare"');
  expect(rows).toHaveLength(2);
});
