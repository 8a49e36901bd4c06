import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { compared, type Grounds, hoursCompared, reconciled } from "../../../lib/domain/reconciliation.ts";
import type { Counters, Tally } from "../../../lib/domain/tally.ts";

const NONE: Grounds = { more: [], less: [] };
const ground = (by: string, most: number) => ({ by, most });
const counts = (ours: number, theirs: number, shift = 0) => ({ ours, theirs, shift });

describe("a difference", () => {
  test("that is none needs no explanation", () => {
    expect(compared(counts(5, 5), { more: [ground("late", 3)], less: [ground("sub-second", 2)] }, 0)).toEqual({
      ...{ ours: 5, theirs: 5, difference: 0, explained: [], unexplained: 0, within: true },
    });
  });

  test("is explained by the grounds that make it up exactly, where some do", () => {
    const more = [ground("late", 5), ground("invalid:bot", 3), ground("invalid:too-fast", 4)];
    expect(compared(counts(10, 17), { more, less: [] }, 0)).toMatchObject({
      explained: [
        { by: "invalid:bot", count: 3 },
        { by: "invalid:too-fast", count: 4 },
      ],
      unexplained: 0,
    });
  });

  test("is else explained by as much of whole grounds as goes in, and parts of the others", () => {
    const more = [ground("late", 5), ground("invalid:bot", 30)];
    expect(compared(counts(10, 17), { more, less: [] }, 0)).toMatchObject({
      explained: [
        { by: "late", count: 5 },
        { by: "invalid:bot", count: 2 },
      ],
      unexplained: 0,
    });
  });

  test("to the other side's less is explained by what it may leave out, and by nothing that would be more", () => {
    const grounds = { more: [ground("late", 5)], less: [ground("sub-second", 2)] };
    expect(compared(counts(10, 7), grounds, 0)).toMatchObject({ explained: [{ by: "sub-second", count: -2 }], unexplained: -1 });
  });

  test("is first of all where days begin", () => {
    expect(compared(counts(10, 4, -6), { more: [], less: [ground("sub-second", 9)] }, 0)).toMatchObject({
      explained: [{ by: "day-boundary", count: -6 }],
      unexplained: 0,
    });
    expect(compared(counts(10, 12, 6), { more: [], less: [ground("sub-second", 9)] }, 0)).toMatchObject({
      explained: [
        { by: "day-boundary", count: 6 },
        { by: "sub-second", count: -4 },
      ],
    });
  });

  test.each([
    [10_000, 10_100, 100, true],
    [10_000, 10_102, 100, false],
    [10_000, 9_900, 100, true],
    [0, 0, 0, true],
    [0, 1, 9_999, false],
    [0, 1, 10_000, true],
  ])("of %i and %i is judged by %i ten-thousandths of the larger: %p", (ours, theirs, tolerance, within) => {
    expect(compared(counts(ours, theirs), NONE, tolerance).within).toBe(within);
  });

  test("is always what explains it and what is left, and nothing explains more than there is of it", () => {
    const grounds = (...names: string[]) => fc.tuple(...names.map((by) => fc.nat(20).map((most) => ground(by, most))));
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.nat(60),
        fc.integer({ min: -20, max: 20 }),
        grounds("late", "invalid:a", "invalid:b", "invalid:c"),
        grounds("sub-second", "credited"),
        (ours, theirs, shift, more, less) => {
          const { difference, explained, unexplained } = compared(counts(ours, theirs, shift), { more, less }, 0);
          expect(difference).toBe(theirs - ours);
          expect(explained.reduce((sum, { count }) => sum + count, unexplained)).toBe(difference);
          const rest = difference - shift;
          for (const { by, count } of explained.filter(({ by }) => by !== "day-boundary")) {
            const most = [...more, ...less].find((each) => each.by === by)?.most ?? 0;
            expect(Math.abs(count)).toBeLessThanOrEqual(most);
            expect(Math.sign(count)).toBe(Math.sign(rest));
          }
          const all = (rest < 0 ? less : more).reduce((sum, { most }) => sum + most, 0);
          expect(Math.abs(unexplained)).toBe(Math.max(0, Math.abs(rest) - all));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("two sides' counts", () => {
  const tally = (hour: string, counters: Counters, brand = "mei", card = "crd"): Tally => ({
    ...{ surface: "m", season: "s", brand, campaign: "cmp", card, phase: "p", hour },
    counters,
  });
  const terms = (over: object = {}) => ({ zone: "Asia/Shanghai", offset: null, toleranceBasisPoints: 0, ...over });
  const their = (day: string, impressions: number, clicks = 0, brand = "mei") => ({ brand, day, impressions, clicks });
  /** 20 May in Shanghai is 16:00 on the 19th to 16:00 on the 20th; in Tokyo an hour earlier. */
  const tallies = [
    tally("2024-05-19T15", { impressions: 7 }),
    tally("2024-05-19T16", { impressions: 10, clicks: 2 }),
    tally("2024-05-20T10", { impressions: 5, "sub-seconds": 2, "late-clicks": 1, "invalid-clicks:bot": 3 }, "mei", "crd_2"),
    tally("2024-05-20T15", { impressions: 4 }),
    tally("2024-05-20T16", { impressions: 100 }),
    tally("2024-05-20T10", { impressions: 9, clicks: 1 }, "lan"),
  ];

  test("are compared by day of the season's zone, and what was not sent is told", () => {
    const { rows, total, unsent } = reconciled([their("2024-05-20", 17, 6)], { tallies, credits: [] }, terms());
    expect(rows).toEqual([
      {
        ...{ brand: "mei", day: "2024-05-20" },
        impressions: {
          ...{ ours: 19, theirs: 17, difference: -2 },
          explained: [{ by: "sub-second", count: -2 }],
          unexplained: 0,
          within: true,
        },
        clicks: {
          ...{ ours: 2, theirs: 6, difference: 4, unexplained: 0, within: true },
          explained: [
            { by: "late", count: 1 },
            { by: "invalid:bot", count: 3 },
          ],
        },
      },
    ]);
    expect(total.impressions).toMatchObject({ ours: 19, theirs: 17, difference: -2, unexplained: 0 });
    expect(unsent).toEqual({ brandDays: 1, impressions: 9, clicks: 1 });
  });

  test("may be fewer by what was given back of the day", () => {
    const credit = { brand: "mei", day: "2024-05-20", kind: "impression", count: 5 } as const;
    const credits = [credit, { ...credit, day: "2024-05-21" }, { ...credit, brand: "lan" }, { ...credit, kind: "click" } as const];
    const [row] = reconciled([their("2024-05-20", 14, 2)], { tallies, credits }, terms()).rows;
    expect(row?.impressions).toMatchObject({ difference: -5, explained: [{ by: "credited", count: -5 }], unexplained: 0 });
  });

  test("whose days begin elsewhere differ by what lies between", () => {
    const [row] = reconciled([their("2024-05-20", 22, 2)], { tallies, credits: [] }, terms({ offset: "+09:00" })).rows;
    expect(row?.impressions).toMatchObject({ ours: 19, theirs: 22, explained: [{ by: "day-boundary", count: 3 }], unexplained: 0 });
  });

  test("of a brand or a day that we know nothing of are all theirs", () => {
    const { rows } = reconciled([their("2024-07-01", 3), their("2024-05-20", 2, 0, "none")], { tallies, credits: [] }, terms());
    expect(rows.map(({ impressions }) => impressions)).toMatchObject([
      { ours: 0, theirs: 3, unexplained: 3, within: false },
      { ours: 0, theirs: 2, unexplained: 2, within: false },
    ]);
  });

  test("add up: the total's difference is that of its rows, and is explained by what explains them", () => {
    const sent = [their("2024-05-20", 25, 1), their("2024-05-21", 90), their("2024-05-20", 9, 1, "lan")];
    const { rows, total } = reconciled(sent, { tallies, credits: [] }, terms({ offset: "+09:00", toleranceBasisPoints: 5 }));
    for (const count of ["impressions", "clicks"] as const) {
      expect(total[count].difference).toBe(rows.reduce((sum, row) => sum + row[count].difference, 0));
      expect(total[count].explained.reduce((sum, each) => sum + each.count, total[count].unexplained)).toBe(total[count].difference);
    }
  });

  test("need the hours of both sides' days", () => {
    expect(hoursCompared([their("2024-05-20", 1), their("2024-05-22", 1)], terms({ offset: "+09:00" }))).toEqual({
      opensAt: Date.parse("2024-05-19T15:00:00Z"),
      closesAt: Date.parse("2024-05-22T16:00:00Z"),
    });
  });
});
