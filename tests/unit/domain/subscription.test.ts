import { expect, test } from "@jest/globals";
import { disabled, replayed, subscribed, subscriptionConcern, wants } from "../../../lib/domain/subscription.ts";

const wish = { id: "whk_1", feed: "host/wechat", url: "https://Hooks.lanmo.cn", types: [], createdAt: 1, loopback: false };
const change = { type: "grant.suspended" } as never;

test("a subscription begins active, with its address in one spelling", () => {
  expect(subscribed(wish)).toEqual({
    id: "whk_1",
    feed: "host/wechat",
    url: "https://hooks.lanmo.cn/",
    types: [],
    createdAt: 1,
    state: "active",
    reason: null,
    version: 1,
  });
});

test("an address that nothing is sent to is refused, and named", () => {
  expect(() => subscribed({ ...wish, url: "https://10.0.0.1/" })).toThrow(
    expect.objectContaining({ code: "not-admissible", reasons: [expect.objectContaining({ field: "/url" })] }),
  );
});

test("no types are all types", () => {
  expect(wants(subscribed(wish), change)).toBe(true);
  expect(wants(subscribed({ ...wish, types: ["grant.suspended"] }), change)).toBe(true);
  expect(wants(subscribed({ ...wish, types: ["grant.given"] }), change)).toBe(false);
});

test("a replay enables what was disabled", () => {
  const off = disabled(subscribed(wish), "status-410");
  expect(off).toMatchObject({ state: "disabled", reason: "status-410", version: 2 });
  expect(replayed(off)).toMatchObject({ state: "active", reason: null, version: 3 });
});

test.each([
  ["host/wechat", { host: "wechat", marketplace: null, brand: null }],
  ["marketplace/tmall", { host: null, marketplace: "tmall", brand: null }],
  ["brand/lanmo", { host: null, marketplace: null, brand: "lanmo" }],
])("what happens to a subscription of %s concerns its owner alone", (feed, concern) => {
  expect(subscriptionConcern(subscribed({ ...wish, feed }))).toEqual({ ...concern, season: null, surfaces: [] });
});
