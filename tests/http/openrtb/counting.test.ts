import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openGate } from "../../support/gate.ts";
import { BID_REQUEST, MEI, SERVING, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
let card: string;
let campaign: string;

beforeAll(async () => {
  await go.season();
  ({ card, campaign } = await go.admit());
  await gate.publish();
  await gate.setClock(SERVING);
});
afterAll(() => gate.close());

const ask = async (over: object = {}) => {
  const body = { ...BID_REQUEST, device: { ext: { installedApps: ["tmall"] } }, ...over };
  const reply = await gate.call("POST /openrtb2/{surface}/bid", { as: "feed", params: { surface: SURFACE }, body });
  const [bid] = reply.body.seatbid[0].bid;
  return { reply, bid, native: JSON.parse(bid.adm) };
};
const fire = (url: string) => gate.call(url.includes("/i/") ? "GET /i/{token}" : "GET /c/{token}", { params: tokenIn(url) });
const APP = "tmall://page.tm/shop?shopId=990000000001";
const WEB = "https://shop.m.taobao.com/shop/shop_index.htm?shop_id=990000000001";

test("the tracker counts the impression, and a device that takes the link and then its fallback has tapped once", async () => {
  const { native } = await ask();
  for (const _ of [1, 2]) expect((await fire(native.eventtrackers[0].url)).status).toBe(204);
  await gate.setClock("2024-05-20T20:00:02+08:00");
  expect((await fire(native.link.url)).headers["location"]).toBe(APP);
  expect((await fire(native.link.fallback)).headers["location"]).toBe(WEB);
  await gate.tally();
  const { rows } = await go.report();
  const counts = { impressions: 1, clicks: 1, gross: { impressions: 1, clicks: 1 } };
  expect(rows).toMatchObject([{ brand: MEI.tenant, campaign, card, phase: "wave-1", ...counts }]);
});

test("a device that takes the fallback alone is counted by it", async () => {
  const { native } = await ask();
  await fire(native.eventtrackers[0].url);
  await gate.setClock("2024-05-20T20:00:03+08:00");
  expect((await fire(native.link.fallback)).headers["location"]).toBe(WEB);
  await gate.tally();
  expect((await go.report()).total).toMatchObject({ impressions: 2, clicks: 2, gross: { impressions: 2, clicks: 2 } });
});

test("a test gives out no address that counts", async () => {
  const { reply } = await ask({ test: 1 });
  expect(reply.text).not.toMatch(/\/[ic]\//);
});

test("the fallback obeys a switch on links that is thrown after it was given out", async () => {
  const { native } = await ask();
  const { id } = await go.throw({ level: "link-kind", linkKind: "web" });
  await gate.setClock("2024-05-20T20:00:10+08:00");
  expect((await fire(native.link.url)).headers["location"]).toBe(APP);
  expect((await fire(native.link.fallback)).status).toBeGreaterThanOrEqual(400);
  const { native: tried } = await ask({ test: 1 });
  expect(tried.link).toEqual({ url: APP });
  await go.lift(id);
});

test("the answer says which version it speaks", async () => {
  expect((await ask()).reply.headers["x-openrtb-version"]).toBe("2.6");
});

test("what was held back for a bid request is not in its decision's id, which therefore cannot be replayed", async () => {
  const { bid } = await ask();
  const replay = await gate.call("GET /v1/decisions/{decision}/replay", { as: "reviewer", params: { decision: bid.id } });
  expectProblem(replay, { status: 404, code: "not-found" });
});

test("nothing of the viewer is logged or kept", async () => {
  await ask({ user: { id: "viewer-to-forget" }, device: { ifa: "ifa-to-forget", ip: "203.0.113.77", ext: { installedApps: ["tmall"] } } });
  expect(JSON.stringify([gate.log, await gate.rows()])).not.toMatch(/to-forget|203\.0\.113\.77/);
});
