import { expect, test } from "@jest/globals";
import { fuzzClicks } from "../../support/fuzz/clicks.ts";

const numbers = Array.from({ length: 4_000 }, (_, number) => number);
const ended = (counts: Readonly<Record<string, number>>, end: RegExp) =>
  Object.entries(counts).reduce((sum, [name, count]) => sum + (end.test(name) ? count : 0), 0);

test("whatever is asked with whatever token, a Location is an approved address or there is none", async () => {
  const { counts, violations } = await fuzzClicks({ seed: 618, numbers });
  expect(violations).toEqual([]);
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(numbers.length);
  // It has looked where it matters.
  for (const end of [
    /: 302 to tmall$/,
    /: 302 to tbopen$/,
    /: 302 to intent$/,
    /: 302 to https$/,
    /: 302 to our page$/,
    /: 200$/,
    /: 204$/,
    /: 410$/,
  ])
    expect([end, ended(counts, end) > 0]).toEqual([end, true]);
  expect(ended(counts, /^(?!ours).*: [23]/)).toBe(0);
});

test.each([
  ["led to", "GET /c/{token}", { location: "https://evil.example/" }],
  ["led to", "GET /c/{token}", { location: "https://detail.tmall.com.evil.example/item.htm?id=1" }],
  ["led to", "GET /c/{token}", { location: "https://detail.tmall.com/item.htm?id=1&u=x" }],
  ["led to", "GET /c/{token}", { Location: "javascript:alert(1)" }],
  ["led on by a token", "GET /go/{token}", { location: "https://detail.tmall.com/item.htm?id=1" }],
])("it finds %s, by %s: %j", async (fault, route, headers) => {
  const { violations } = await fuzzClicks({
    seed: 618,
    numbers: numbers.slice(0, 200),
    spoil: (response, { routeKey }) => (routeKey === route ? { ...response, statusCode: 302, headers } : response),
  });
  expect(violations.length).toBeGreaterThan(20);
  for (const { what } of violations) expect(what).toContain(fault);
});

test("it finds what is given back of a request, and a failure", async () => {
  const found = async (change: object) =>
    (await fuzzClicks({ seed: 618, numbers: numbers.slice(0, 50), spoil: (response) => ({ ...response, ...change }) })).violations;
  expect(await found({ body: "<p>evil</p>" })).toHaveLength(50);
  expect(await found({ statusCode: 500 })).toHaveLength(50);
  expect((await found({ statusCode: 200 })).length).toBeGreaterThan(20);
});

test("one number is one request, which can be had again", async () => {
  const one = await fuzzClicks({ seed: 618, numbers: [7] });
  expect(await fuzzClicks({ seed: 618, numbers: [7] })).toEqual(one);
  expect(Object.values(one.counts)).toEqual([1]);
});
