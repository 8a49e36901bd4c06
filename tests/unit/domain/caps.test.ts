import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FREQUENCY_UNITS, type Frequency, type FrequencyUnit } from "../../../lib/domain/campaign.ts";
import { oneMore, ROTATION_MS, rotationAt, timesIn, windowAt } from "../../../lib/domain/frequency-cap.ts";
import { type CountedLease, leaseOf, REFUND_MARGIN_MS, refundAtOf, refundsOf, roomIn, unconfirmed } from "../../../lib/domain/lease.ts";
import { allowanceAt, dayAt } from "../../../lib/domain/pacing.ts";
import { daysOf } from "../../../lib/domain/season-days.ts";
import { DAY, HOUR, OPENING, phase, season } from "./fixtures.ts";

describe("the days of a season", () => {
  const daysIn = (zone: string, opensAt: string, closesAt: string) =>
    daysOf(season({ zone, phases: [phase("p", Date.parse(opensAt), Date.parse(closesAt))] })).map((at) => new Date(at).toISOString());

  test("begin at midnight in its zone, from the day it opens on to the day after it closes", () => {
    expect(daysIn("Asia/Shanghai", "2024-05-20T20:00:00+08:00", "2024-05-22T00:00:00+08:00")).toEqual([
      "2024-05-19T16:00:00.000Z",
      "2024-05-20T16:00:00.000Z",
      "2024-05-21T16:00:00.000Z",
    ]);
  });

  test("are as long as the zone has them, and begin when it says", () => {
    expect(daysIn("America/New_York", "2024-11-02T12:00:00-04:00", "2024-11-04T12:00:00-05:00")).toEqual([
      "2024-11-02T04:00:00.000Z",
      "2024-11-03T04:00:00.000Z",
      "2024-11-04T05:00:00.000Z",
      "2024-11-05T05:00:00.000Z",
    ]);
    // On 8 September 2024 Chile's clocks went from 00:00 to 01:00.
    expect(daysIn("America/Santiago", "2024-09-08T12:00:00-03:00", "2024-09-08T13:00:00-03:00")).toEqual([
      "2024-09-08T04:00:00.000Z",
      "2024-09-09T03:00:00.000Z",
    ]);
  });
});

/** Three days, each open from 10:00 to 20:00. */
const MIDNIGHT = OPENING - 20 * HOUR;
const at = (day: number, hour: number) => MIDNIGHT + day * DAY + hour * HOUR;
const three = season({ phases: [phase("a", at(0, 10), at(0, 20)), phase("b", at(1, 10), at(1, 20)), phase("c", at(2, 10), at(2, 20))] });
const OPEN = { phases: three.phases, days: daysOf(three) };
type Paced = Parameters<typeof allowanceAt>[1];
const paced = (over: Partial<Paced> = {}): Paced => ({ caps: { daily: 100, total: null }, pacing: "even", flight: null, ...over });

describe("a campaign may have reserved", () => {
  test.each<[string, Partial<Paced>, number, { daily: number | null; total: number | null }]>([
    ["all of both at once, as fast as possible", { pacing: "asap", caps: { daily: 7, total: 9 } }, at(0, 10), { daily: 7, total: 9 }],
    ["nothing of an even day that has not begun", {}, at(0, 10), { daily: 0, total: null }],
    ["one as soon as it has", {}, at(0, 10) + 1, { daily: 1, total: null }],
    ["half at half-time, of the open time and not of the day", {}, at(0, 15), { daily: 50, total: null }],
    ["all at its end", {}, at(0, 20), { daily: 100, total: null }],
    ["half on the next day too", {}, at(1, 15), { daily: 50, total: null }],
    ["of the whole by the day: a day's cap is the pace", { caps: { daily: 10, total: 50 } }, at(1, 15), { daily: 5, total: 50 }],
    ["half of the whole at half-time of the season", { caps: { daily: null, total: 300 } }, at(1, 15), { daily: null, total: 150 }],
    ["what its flight has been open", { flight: { opensAt: at(0, 18), closesAt: at(1, 12) } }, at(0, 19), { daily: 50, total: null }],
    ["nothing outside its flight", { flight: { opensAt: at(1, 10), closesAt: at(1, 12) } }, at(0, 19), { daily: 0, total: null }],
    ["whatever it likes without caps", { caps: { daily: null, total: null } }, at(0, 11), { daily: null, total: null }],
  ])("%s", (_, over, when, expected) => {
    const { daily, total } = allowanceAt(OPEN, paced(over), when);
    expect({ daily, total }).toEqual(expected);
  });

  test("never more than its caps, never less later in a day, and all of it at the day's end", () => {
    const instant = fc.integer({ min: at(0, 10), max: at(2, 20) - 1 });
    const caps = fc.record({ daily: fc.option(fc.integer({ min: 1, max: 1e9 })), total: fc.option(fc.integer({ min: 1, max: 1e9 })) });
    fc.assert(
      fc.property(caps, fc.constantFrom("even", "asap"), instant, instant, (each, pacing, one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        const [before, after] = [early, late].map((when) => allowanceAt(OPEN, paced({ caps: each, pacing }), when));
        for (const { daily, total } of [before, after].flatMap((found) => found ?? [])) {
          expect((daily ?? 0) <= (each.daily ?? 0) && (total ?? 0) <= (each.total ?? 0)).toBe(true);
          expect([daily === null, total === null]).toEqual([each.daily === null, each.total === null]);
        }
        if (before?.day.opensAt === after?.day.opensAt) expect(after?.daily ?? 0).toBeGreaterThanOrEqual(before?.daily ?? 0);
        expect(after?.total ?? 0).toBeGreaterThanOrEqual(before?.total ?? 0);
      }),
    );
  });

  test("by the day it is in the season's zone", () => {
    expect(dayAt(OPEN, at(1, 0) - 1)).toEqual({ opensAt: at(0, 0), closesAt: at(1, 0) });
    expect(dayAt(OPEN, at(1, 0))).toEqual({ opensAt: at(1, 0), closesAt: at(2, 0) });
  });
});

describe("a frequency's windows", () => {
  const units = Object.keys(FREQUENCY_UNITS) as FrequencyUnit[];
  const frequency: fc.Arbitrary<Frequency> = fc.constantFrom(...units).chain((unit) =>
    fc.record({
      most: fc.integer({ min: 1, max: 9 }),
      unit: fc.constant(unit),
      units: fc.integer({ min: 1, max: FREQUENCY_UNITS[unit] }),
    }),
  );
  const LENGTH = { minute: 60_000, hour: HOUR, day: DAY, week: 7 * DAY };

  test("are as long as it says, follow on each other, and none goes beyond a rotation", () => {
    fc.assert(
      fc.property(frequency, fc.integer({ min: 0, max: 3 * ROTATION_MS }), (each, since) => {
        const window = (when: number) => `${rotationAt(MIDNIGHT, when).number} ${windowAt(each, MIDNIGHT, when)}`;
        const rotation = Math.floor(since / ROTATION_MS) * ROTATION_MS;
        const length = each.units * LENGTH[each.unit];
        const opens = MIDNIGHT + rotation + Math.floor((since - rotation) / length) * length;
        const closes = Math.min(opens + length, MIDNIGHT + rotation + ROTATION_MS);
        expect([window(opens), window(closes - 1)]).toEqual([window(MIDNIGHT + since), window(MIDNIGHT + since)]);
        expect([window(opens - 1), window(closes)]).not.toContain(window(MIDNIGHT + since));
      }),
    );
  });

  test("count from nothing each, also when the frequency has become another", () => {
    const daily: Frequency = { most: 2, units: 1, unit: "day" };
    const [today, tomorrow] = [windowAt(daily, MIDNIGHT, at(0, 12)), windowAt(daily, MIDNIGHT, at(1, 12))];
    const twice = oneMore(today, oneMore(today, undefined));
    expect([timesIn(today, undefined), timesIn(today, twice), timesIn(tomorrow, twice)]).toEqual([0, 2, 0]);
    expect(oneMore(tomorrow, twice)).toBe(oneMore(tomorrow, undefined));
    expect(timesIn(windowAt({ ...daily, unit: "hour" }, MIDNIGHT, MIDNIGHT), oneMore(windowAt(daily, MIDNIGHT, MIDNIGHT), undefined))).toBe(
      0,
    );
  });

  test("are kept less than 35 days: a rotation and a day", () => expect(ROTATION_MS + DAY).toBeLessThan(35 * DAY));
});

describe("a lease", () => {
  const day = { opensAt: at(0, 0), closesAt: at(1, 0) };
  const take = (room: number, when: number) =>
    leaseOf(room, { campaign: "cmp_1", day, at: when, impressionTokenSeconds: 600, nonce: "a-b_c" });

  test("is a part of the room there is, and at least one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (room) => {
        const { granted } = take(room, at(0, 12));
        expect(granted >= 1 && granted <= Math.ceil(room / 20)).toBe(true);
      }),
    );
  });

  test("ends with the minute or the day, is refunded after its last token's end, and says so in its id", () => {
    expect(take(5, at(0, 12))).toMatchObject({ day: at(0, 0), until: at(0, 12) + 60_000 });
    const last = take(5, at(1, 0) - 1);
    expect(last).toMatchObject({ day: at(0, 0), until: at(1, 0), refundAt: at(1, 0) + 600_000 + REFUND_MARGIN_MS });
    expect(refundAtOf(last.id)).toBe(last.refundAt);
  });

  test("finds the room that the narrower limit leaves", () => {
    expect(roomIn({ day, daily: 5, total: 50 }, { daily: 3, total: 49 })).toBe(1);
    expect(roomIn({ day, daily: 5, total: null }, { daily: 3, total: 49 })).toBe(2);
    expect(roomIn({ day, daily: 2, total: null }, { daily: 3, total: 3 })).toBe(0);
  });

  test("is refunded with others of its campaign and day, a few at a time, and what was told stays", () => {
    const lease = (campaign: string, n: number): CountedLease => ({
      id: `1-${n}`,
      campaign,
      day: n % 2,
      granted: 5,
      confirmed: n % 4,
      refundAt: 1,
    });
    const leases = ["a", "b"].flatMap((campaign) => Array.from({ length: 60 }, (_, n) => lease(campaign, n)));
    const refunds = refundsOf(leases);
    expect(refunds.flatMap((each) => each.leases)).toHaveLength(120);
    for (const { campaign, day, leases: some } of refunds) {
      expect(some.length).toBeLessThanOrEqual(25);
      expect(some.every((each) => each.campaign === campaign && each.day === day)).toBe(true);
    }
    expect(refunds.reduce((sum, each) => sum + unconfirmed(each), 0)).toBe(120 * 5 - 30 * (0 + 1 + 2 + 3));
  });
});
