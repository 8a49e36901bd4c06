import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openGate } from "../support/gate.ts";
import { REQUEST, SERVING, stepsOf, tokenIn } from "../support/gate-steps.ts";
import { expectProblem } from "../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
let made = 0;

beforeAll(async () => {
  await go.season();
  await go.admit();
  await gate.publish();
  await gate.setClock(SERVING);
});
afterAll(() => gate.close());

const placed = async (key = `viewer-${++made}`) => {
  const { impressionUrl, clickUrl } = (await go.decide({ ...REQUEST, viewer: { ...REQUEST.viewer, key } })).slots[0];
  return { token: tokenIn(impressionUrl).token, click: tokenIn(clickUrl) };
};
const send = (body: unknown, as: Parameters<typeof gate.call>[1] = { as: "feed" }) => gate.call("POST /v1/impressions", { ...as, body });
const counted = async () => {
  await gate.tally();
  const { impressions, clicks, invalid } = (await go.report()).total;
  return { impressions, clicks, invalidClicks: invalid.clicks };
};

test("a feed's batch is counted once, each event answered in its place, and the same batch again is answered the same", async () => {
  const { token } = await placed();
  const single = await placed();
  await gate.call("GET /i/{token}", { params: { token: single.token } });
  const events = [{ token }, { token }, { token: `${token}x` }, { token, event: "viewable" }, { token: single.token }];
  const answers = ["counted", "duplicate", "token-invalid", "counted", "duplicate"];
  for (const _ of [1, 2])
    expect(await send({ batch: "batch-0001", events })).toMatchObject({ status: 200, body: { batch: "batch-0001", answers } });
  expect(await gate.call("GET /i/{token}", { params: { token } })).toMatchObject({ status: 204 });
  expect(await counted()).toEqual({ impressions: 2, clicks: 0, invalidClicks: {} });
});

test("a tap counts after its impression in a batch, and one before it from the batch on", async () => {
  const [before, after] = [await placed(), await placed()];
  await send({ batch: "batch-0002", events: [{ token: before.token }] });
  await gate.setClock("2024-05-20T20:00:02+08:00");
  for (const { click } of [before, after]) expect((await gate.call("GET /c/{token}", { params: click })).status).toBe(302);
  expect(await counted()).toEqual({ impressions: 3, clicks: 1, invalidClicks: { "no-impression": 1 } });
  await send({ batch: "batch-0003", events: [{ token: after.token, at: SERVING }] });
  expect(await counted()).toEqual({ impressions: 4, clicks: 2, invalidClicks: {} });
});

test("a time that cannot be is said to be so", async () => {
  const { token } = await placed();
  const events = [
    { token, at: "2024-05-20T20:00:03.001+08:00" },
    { token, at: "2024-05-20T19:00:00+08:00" },
  ];
  expect((await send({ batch: "batch-0004", events })).body.answers).toEqual(["time-impossible", "time-impossible"]);
});

test("clocks may differ by a second, and feeds tell whole ones", async () => {
  const [early, late] = [await placed(), await placed()];
  const events = [
    { token: early.token, at: "2024-05-20T20:00:01+08:00" },
    { token: late.token, at: "2024-05-20T20:00:03+08:00" },
  ];
  expect((await send({ batch: "batch-0104", events })).body.answers).toEqual(["counted", "counted"]);
});

test("a tap before a batch that tells no times is not too fast for it", async () => {
  const { token, click } = await placed();
  const before = (await counted()).clicks;
  await gate.setClock("2024-05-20T20:00:04+08:00");
  await gate.call("GET /c/{token}", { params: click });
  await gate.setClock("2024-05-20T20:00:09+08:00");
  expect((await send({ batch: "batch-0204", events: [{ token }] })).body.answers).toEqual(["counted"]);
  expect((await counted()).clicks).toBe(before + 1);
  await gate.setClock("2024-05-20T20:00:02+08:00");
});

test("an address that has ended is not counted", async () => {
  const { token } = await placed();
  await gate.setClock("2024-05-20T20:30:00+08:00");
  expect((await send({ batch: "batch-0005", events: [{ token, at: "2024-05-20T20:00:02+08:00" }] })).body.answers).toEqual([
    "token-expired",
  ]);
  await gate.setClock("2024-05-20T20:00:02+08:00");
});

test("another host's feed has nothing to do with it", async () => {
  const { token } = await placed();
  const as = { sub: "feed-2", role: "feed", tenant: "another-host" } as const;
  expect((await send({ batch: "batch-0006", events: [{ token }] }, { as })).body.answers).toEqual(["token-invalid"]);
});

test("another batch under the same id is refused", async () => {
  const { token } = await placed();
  await send({ batch: "batch-0007", events: [{ token }] });
  expectProblem(await send({ batch: "batch-0007", events: [{ token }, { token, event: "viewable" }] }), {
    status: 409,
    code: "batch-differs",
  });
});

test.each([
  ["no events", { batch: "batch-0008", events: [] }],
  ["more than 500", { batch: "batch-0008", events: Array.from({ length: 501 }, () => ({ token: "x" })) }],
  ["no id", { events: [{ token: "x" }] }],
  ["an event that is none", { batch: "batch-0008", events: [{ token: "x", event: "click" }] }],
  ["a field that nobody knows", { batch: "batch-0008", events: [{ token: "x", brand: "mine" }] }],
])("a batch with %s is refused", async (_, body) => {
  expectProblem(await send(body), { status: 400, code: "invalid-request" });
});
