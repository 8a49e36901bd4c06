import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openGate } from "../support/gate.ts";
import { CLOSES, MEI, OPENS, REQUEST, SERVING, stepsOf, tokenIn } from "../support/gate-steps.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());

const slotOf = async (request?: object) => (await go.decide(request)).slots[0];
const fire = (url: string) => gate.call(url.includes("/i/") ? "GET /i/{token}" : "GET /c/{token}", { params: tokenIn(url) });

describe("a brand comes through the gate", () => {
  let card: string;
  let campaign: string;
  beforeAll(async () => {
    await go.season();
    ({ campaign, card } = await go.admit());
    await gate.publish();
  });

  test("before the season opens there is no ad, and the reason is that the phase is not open", async () => {
    await gate.setClock("2024-05-20T19:59:59+08:00");
    expect(await slotOf()).toEqual({ noAd: { code: 501, reason: "phase-not-open" } });
  });

  test("a decision at the instant of opening is still within the guard band, and one 250 ms later is not", async () => {
    await gate.setClock(OPENS);
    expect(await slotOf()).toMatchObject({ noAd: { code: 501 } });
    await gate.setClock("2024-05-20T20:00:00.249+08:00");
    expect(await slotOf()).toMatchObject({ noAd: { code: 501 } });
    await gate.setClock("2024-05-20T20:00:00.250+08:00");
    expect(await slotOf()).toMatchObject({ brand: MEI.tenant });
  });

  test("the season clock records the opening once, with the official time and the actual one", async () => {
    await gate.setClock(SERVING);
    await gate.tick();
    await gate.tick();
    const { body } = await gate.call("GET /v1/seasons/{season}", { as: "auditor", params: { season: "618-2024" } });
    expect(body).toMatchObject({
      status: "open",
      turns: [{ to: "open", officialAt: "2024-05-20T12:00:00.000Z", actualAt: "2024-05-20T12:00:01.000Z" }],
    });
  });

  test("then the feed gets the card, counts it once however often it says so, and a tap leads into the app", async () => {
    const slot = await slotOf();
    expect(slot).toMatchObject({ card: { id: card, campaign }, brand: MEI.tenant, season: "618-2024", phase: "wave-1" });
    for (const _ of [1, 2]) expect(await fire(slot.impressionUrl)).toMatchObject({ status: 204, text: "" });
    await gate.setClock("2024-05-20T20:00:02+08:00");
    for (const _ of [1, 2])
      expect(await fire(slot.clickUrl)).toMatchObject({ status: 302, headers: { location: "tmall://page.tm/shop?shopId=990000000001" } });
  });

  test("a viewer without the app is led to the web page, and a tap on what was never shown is recorded as invalid", async () => {
    const { clickUrl } = await slotOf({ ...REQUEST, viewer: { key: "viewer-2", installedApps: [] } });
    expect(await fire(clickUrl)).toMatchObject({
      status: 302,
      headers: { location: "https://shop.m.taobao.com/shop/shop_index.htm?shop_id=990000000001" },
    });
  });

  test("the brand's report has the counts exact, though the stream is read twice", async () => {
    await gate.tally();
    await gate.tally();
    const { rows, total } = await go.report();
    const counts = { impressions: 1, clicks: 1, invalid: { clicks: { "no-impression": 1 } }, gross: { impressions: 1, clicks: 2 } };
    expect(rows).toMatchObject([{ brand: MEI.tenant, campaign, card, phase: "wave-1", ...counts }]);
    expect(total).toMatchObject(counts);
  });

  test("an impression address is no click address, nor the other way round", async () => {
    const { impressionUrl, clickUrl } = await slotOf();
    expect(await gate.call("GET /i/{token}", { params: tokenIn(clickUrl) })).toMatchObject({
      status: 400,
      body: { code: "token-invalid" },
    });
    expect(await gate.call("GET /c/{token}", { params: tokenIn(impressionUrl) })).toMatchObject({ status: 400 });
  });

  test("a tap is led on whatever apps the viewer has: we never give out an address that we then refuse", async () => {
    const installedApps = ["tmall", ...Array.from({ length: 19 }, (_, app) => `app-${app}-`.padEnd(64, "x"))];
    const { clickUrl, impressionUrl } = await slotOf({ ...REQUEST, viewer: { key: "viewer-3", installedApps } });
    expect((await fire(impressionUrl)).status).toBe(204);
    expect((await fire(clickUrl)).status).toBe(302);
  });

  test("two slots and one brand: the second says why it is empty", async () => {
    const { slots } = await go.decide({ ...REQUEST, slots: 2 });
    expect(slots).toMatchObject([{ brand: MEI.tenant }, { noAd: { code: 509, reason: "slots-exceed-brands" } }]);
  });

  test("between the waves nothing is shown", async () => {
    await gate.setClock("2024-05-30T12:00:00+08:00");
    expect(await slotOf()).toEqual({ noAd: { code: 501, reason: "phase-not-open" } });
  });

  test("nothing is shown in the last 250 ms either, nor after, and a late tap still leads somewhere", async () => {
    await gate.setClock("2024-06-20T23:59:59.749+08:00");
    const { impressionUrl, clickUrl } = await slotOf();
    await gate.setClock("2024-06-20T23:59:59.750+08:00");
    expect(await slotOf()).toEqual({ noAd: { code: 500, reason: "season-closed" } });
    await gate.setClock(CLOSES);
    expect((await fire(impressionUrl)).status).toBe(204);
    expect((await fire(clickUrl)).status).toBe(302);
  });

  test("the season clock records the closing, after which decisions say closed and every address goes stale in time", async () => {
    const { clickUrl } = await (async () => {
      await gate.setClock("2024-06-20T23:59:00+08:00");
      return slotOf();
    })();
    await gate.setClock("2024-06-21T00:00:05+08:00");
    await gate.tick();
    const { body } = await gate.call("GET /v1/seasons/{season}", { as: "feed", params: { season: "618-2024" } });
    expect(body).toMatchObject({ status: "closed", turns: [{ to: "open" }, { to: "closed", officialAt: "2024-06-20T16:00:00.000Z" }] });
    expect(await slotOf()).toEqual({ noAd: { code: 500, reason: "season-closed" } });
    await gate.setClock("2024-06-21T06:00:00+08:00");
    expect(await fire(clickUrl)).toMatchObject({ status: 410, headers: { "content-type": "text/html; charset=utf-8" } });
  });

  test("the log has a line for every request, and neither a viewer nor an address in it", () => {
    const log = JSON.stringify(gate.log);
    expect(gate.log.filter(({ event }) => event === "request").length).toBeGreaterThan(20);
    expect(log).not.toMatch(/viewer-|Bearer|v1\.(?:imp|clk)\.|eyJ/);
  });
});
