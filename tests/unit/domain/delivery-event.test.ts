import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { counterOf, delivered } from "../../../lib/domain/delivery-event.ts";
import { countsOf, type DeliveryCounts, type Tally, total } from "../../../lib/domain/tally.ts";
import { OPENING, placed } from "./fixtures.ts";

const tally = (counters: Readonly<Record<string, number>>): Tally => ({
  season: "618-2024",
  surface: "wechat-moments",
  brand: "brd_1",
  campaign: "cmp_1",
  card: "crd_1",
  phase: "wave-1",
  counters,
});

test("an event keeps what was placed where, and neither the destination nor the viewer's apps", () => {
  const { destination: _destination, installedApps: _apps, ...rest } = placed();
  const outcome = { kind: "click", at: OPENING, link: "tmall-app", invalid: null } as const;
  expect(delivered(placed(), outcome)).toEqual({ ...rest, ...outcome });
});

test.each([
  [{ kind: "impression", invalid: null }, "impressions"],
  [{ kind: "click", invalid: null }, "clicks"],
  [{ kind: "click", invalid: "no-impression" }, "invalid-clicks:no-impression"],
] as const)("%j adds to %s", (event, counter) => {
  expect(counterOf(event)).toBe(counter);
});

test("a tally without counters counts nothing", () => {
  expect(countsOf(tally({}))).toEqual({ impressions: 0, clicks: 0, invalidClicks: {} });
});

test("invalid clicks are told by reason, and stand apart from the valid ones", () => {
  expect(countsOf(tally({ impressions: 7, clicks: 5, "invalid-clicks:no-impression": 2, "invalid-clicks:too-fast": 1 }))).toEqual({
    impressions: 7,
    clicks: 5,
    invalidClicks: { "no-impression": 2, "too-fast": 1 },
  });
});

const gross = ({ clicks, invalidClicks }: DeliveryCounts) => clicks + Object.values(invalidClicks).reduce((sum, count) => sum + count, 0);

test("whatever is recorded, gross is valid plus every reason, and the total is the sum of the rows", () => {
  const event = fc.oneof(
    fc.constant({ kind: "impression", invalid: null } as const),
    fc.record({ kind: fc.constant("click" as const), invalid: fc.constantFrom(null, "no-impression" as const) }),
  );
  fc.assert(
    fc.property(fc.array(fc.array(event)), (rows) => {
      const counted = rows.map((events) => {
        const counters: Record<string, number> = {};
        for (const each of events) counters[counterOf(each)] = (counters[counterOf(each)] ?? 0) + 1;
        return countsOf(tally(counters));
      });
      const clicks = rows.map((events) => events.filter(({ kind }) => kind === "click").length);
      expect(counted.map(gross)).toEqual(clicks);
      const sum = total(counted);
      const all = rows.flat();
      expect(gross(sum)).toBe(all.filter(({ kind }) => kind === "click").length);
      expect(sum.impressions).toBe(all.filter(({ kind }) => kind === "impression").length);
      expect(sum.clicks).toBe(all.filter(({ kind, invalid }) => kind === "click" && invalid === null).length);
    }),
  );
});

test("the total of nothing is nothing", () => {
  expect(total([])).toEqual({ impressions: 0, clicks: 0, invalidClicks: {} });
});

test("the total adds reason by reason", () => {
  const rows = [
    { impressions: 1, clicks: 2, invalidClicks: { a: 3 } },
    { impressions: 10, clicks: 20, invalidClicks: { a: 30, b: 40 } },
  ];
  expect(total(rows)).toEqual({ impressions: 11, clicks: 22, invalidClicks: { a: 33, b: 40 } });
});
