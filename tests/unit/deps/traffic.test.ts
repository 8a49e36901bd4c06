import { expect, test } from "@jest/globals";
import ipaddr from "ipaddr.js";
import { signsUnder } from "../../../lib/deps/traffic.ts";
import { tapReason, trafficReason } from "../../../lib/domain/traffic.ts";
import dataCentres from "../../../resources/traffic/data-centres.json" with { type: "json" };
import { CORPUS } from "../../support/traffic-corpus.ts";

const KEY = `k1:${"s".repeat(64)}`;
const AT = Date.parse("2026-06-01T12:00:30Z");

const reasonOf = (read: ReturnType<typeof signsUnder>, { address, userAgent, os, tapMs }: (typeof CORPUS.clean)[number], at: number) =>
  trafficReason("click", read({ address, userAgent }, "click", at), os) ?? tapReason(at, at - tapMs);

test("of ten thousand taps of people none is rejected", () => {
  const read = signsUnder(KEY);
  expect(CORPUS.clean).toHaveLength(10_000);
  const rejected = CORPUS.clean.flatMap((tap, n) => {
    const reason = reasonOf(read, tap, AT + n * 7);
    return reason === null ? [] : [{ reason, ...tap }];
  });
  expect(rejected).toEqual([]);
});

test("of the seeded invalid traffic at least 99 % is flagged, and each kind by its reason", () => {
  const read = signsUnder(KEY);
  const given = CORPUS.invalid.map(({ reason, ...tap }, n) => ({ reason, given: reasonOf(read, tap, AT + n * 60_000) }));
  const missed = given.filter(({ given }) => given === null);
  // The list of bots knows some of those that name no browser.
  expect(given.filter((tap) => tap.given !== null && tap.given !== tap.reason && tap.given !== "bot")).toEqual([]);
  expect(new Set(given.map((tap) => tap.given)).size).toBeGreaterThanOrEqual(5);
  expect(CORPUS.invalid.length).toBeGreaterThan(1_000);
  expect(new Set(CORPUS.invalid.map(({ reason }) => reason)).size).toBe(5);
  expect(missed.length / CORPUS.invalid.length).toBeLessThanOrEqual(0.01);
});

test("a viewer is counted by the minute, apart from another address, another agent and another kind", () => {
  const read = signsUnder(KEY);
  const caller = { address: "192.0.2.1", userAgent: "a" };
  expect([1, 2, 3].map(() => read(caller, "click", AT).recent)).toEqual([1, 2, 3]);
  expect(read({ ...caller, address: "192.0.2.2" }, "click", AT).recent).toBe(1);
  expect(read({ ...caller, userAgent: "b" }, "click", AT).recent).toBe(1);
  expect(read(caller, "impression", AT).recent).toBe(1);
  expect(read(caller, "click", AT + 29_999).recent).toBe(4);
  expect(read(caller, "click", AT + 30_000).recent).toBe(1);
});

test("no more viewers are kept than allowed: with more, the first is forgotten", () => {
  const read = signsUnder(KEY, 2);
  const heard = (n: number) => read({ address: `192.0.2.${n}`, userAgent: "a" }, "click", AT).recent;
  expect([1, 2, 1, 3, 2, 1].map(heard)).toEqual([1, 1, 2, 1, 2, 1]);
});

test.each([
  ["34.65.1.2", true],
  ["::ffff:34.65.1.2", true],
  ["2a01:4f8::1", true],
  ["223.104.3.1", false],
  ["2409:8a00::1", false],
  ["", false],
  ["not an address", false],
])("the address %j is of a data centre: %s", (address, expected) => {
  expect(signsUnder(KEY)({ address, userAgent: "a" }, "click", AT).isDataCentre).toBe(expected);
});

test("every range of the list is one, and no range holds another", () => {
  const ranges = dataCentres.ranges.flatMap(({ cidrs }) => cidrs).map((cidr) => ipaddr.parseCIDR(cidr));
  for (const [address, bits] of ranges) {
    const others = ranges.filter(([other, wide]) => other.kind() === address.kind() && wide <= bits && address.match(other, wide));
    expect(others).toEqual([[address, bits]]);
  }
});
