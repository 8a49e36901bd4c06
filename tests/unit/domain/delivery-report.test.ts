import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { reports } from "../../../lib/contracts/reports.ts";
import { toWire } from "../../../lib/contracts/wire.ts";
import { EVENT_KINDS, INVALID_REASONS, OUTCOMES } from "../../../lib/domain/delivery-event.ts";
import {
  type Count,
  type CreditedPart,
  type Delivered,
  DIMENSIONS,
  deliveryReport,
  each,
  type Found,
  GROUPS,
  type Group,
  MOST_LINES,
  type ReportRow,
} from "../../../lib/domain/delivery-report.ts";
import { type Counters, countersOf, type Tally } from "../../../lib/domain/tally.ts";
import { refusalOf } from "./fixtures.ts";

const HOURS = ["2024-05-20T12", "2024-05-20T13", "2024-05-21T00"] as const;
const tally = (counters: Counters, over: Partial<Tally> = {}): Tally => ({
  ...{ surface: "moments", season: "618", brand: "mei", campaign: "cmp_1", card: "crd_1", phase: "wave-1", hour: HOURS[0] },
  ...over,
  counters,
});
const report = (found: Partial<Found>, ...groups: readonly Group[]) =>
  deliveryReport({ tallies: [], decisions: null, credits: [], ...found }, groups);
const credit = (over: Partial<CreditedPart> = {}): CreditedPart => ({
  ...{ brand: "mei", campaign: "cmp_1", card: "crd_1", kind: "impression", count: 1 },
  ...over,
});

describe("what was counted", () => {
  test("is told by kind, with what is late, what is invalid by reason, and all of it together", () => {
    const counters = { impressions: 10, viewables: 8, clicks: 4, "late-clicks": 1, "invalid-clicks:bot": 2, "invalid-clicks:too-fast": 3 };
    const { total } = report({ tallies: [tally(counters)] });
    expect(total).toMatchObject({
      ...{ impressions: 10, viewable: 8, subSecond: 0, clicks: 4, outcomes: 0 },
      late: { impressions: 0, clicks: 1 },
      invalid: { impressions: {}, clicks: { bot: 2, "too-fast": 3 } },
      gross: { impressions: 10, viewable: 8, clicks: 10 },
      rates: { click: 0.4, viewable: 0.8 },
    });
  });

  test("has no rate where there is nothing to divide by, and one above 1 where taps came in another hour", () => {
    expect(report({}).total.rates).toEqual({ click: null, viewable: null });
    const tallies = [tally({ impressions: 2, clicks: 1 }), tally({ impressions: 1, clicks: 2 }, { hour: HOURS[1] })];
    expect(report({ tallies }, "hour").rows.map(({ rates }) => rates.click)).toEqual([0.5, 2]);
    expect(report({ tallies }).total.rates.click).toBe(1);
  });

  test("comes in rows by what is asked for, in the order in which it is asked for", () => {
    const tallies = [
      tally({ impressions: 1 }, { brand: "b", hour: HOURS[0] }),
      tally({ impressions: 2 }, { brand: "a", hour: HOURS[1] }),
      tally({ impressions: 3 }, { brand: "b", hour: HOURS[1] }),
      tally({ impressions: 4 }, { brand: "b", hour: HOURS[1], card: "crd_2" }),
    ];
    const rows = (...groups: readonly Group[]) =>
      report({ tallies }, ...groups).rows.map(({ brand, hour, impressions }) => [brand, hour, impressions]);
    expect(rows("brand", "hour")).toEqual([
      ["a", HOURS[1], 2],
      ["b", HOURS[0], 1],
      ["b", HOURS[1], 7],
    ]);
    expect(rows("hour", "brand")).toEqual([
      ["b", HOURS[0], 1],
      ["a", HOURS[1], 2],
      ["b", HOURS[1], 7],
    ]);
    expect(rows()).toEqual([[null, null, 10]]);
  });

  test("landed where it did, by link form, system and host version, with the share that opened the app", () => {
    const counters = {
      clicks: 3,
      "links:web:ios": 1,
      "links:app:android": 2,
      "landings:opened-app:app:android:8.0.50": 3,
      "landings:lost:app:android:8.0.50": 1,
      "landings:fell-to-web:app:-:-": 1,
    };
    const { total, rows } = report({ tallies: [tally(counters)] }, "outcome");
    expect(total.landings).toEqual([
      { link: "app", os: "-", hostVersion: "-", outcomes: { "fell-to-web": 1 }, opened: 0 },
      { link: "app", os: "android", hostVersion: "8.0.50", outcomes: { "opened-app": 3, lost: 1 }, opened: 0.75 },
    ]);
    expect(rows[0]?.links).toEqual([
      { link: "app", os: "android", count: 2 },
      { link: "web", os: "ios", count: 1 },
    ]);
    expect(report({ tallies: [tally(counters)] }).total).toMatchObject({ links: null, landings: null });
  });
});

describe("decisions", () => {
  const decisions = [
    { hour: HOURS[0], decisions: 5, cards: 4, noAds: { "frequency-cap": 1 } },
    { hour: HOURS[0], decisions: 1, cards: 0, noAds: { "frequency-cap": 1, "pacing-hold": 1 } },
    { hour: HOURS[2], decisions: 2, cards: 2, noAds: {} },
  ];

  test("are told by hour and in all, also of hours in which nothing was shown", () => {
    const { rows, total } = report({ decisions, tallies: [tally({ impressions: 1 }, { hour: HOURS[1] })] }, "hour");
    expect(rows.map(({ hour, decisions: told, impressions }) => [hour, told, impressions])).toEqual([
      [HOURS[0], { decisions: 6, cards: 4, noAds: { "frequency-cap": 2, "pacing-hold": 1 } }, 0],
      [HOURS[1], { decisions: 0, cards: 0, noAds: {} }, 1],
      [HOURS[2], { decisions: 2, cards: 2, noAds: {} }, 0],
    ]);
    expect(total.decisions).toEqual({ decisions: 8, cards: 6, noAds: { "frequency-cap": 2, "pacing-hold": 1 } });
  });

  test.each([["brand"], ["campaign"], ["card"], ["phase"]] as const)("are not told by %s, which they do not have", (dimension) => {
    const { rows, total } = report({ decisions, tallies: [tally({ impressions: 1 })] }, dimension, "hour");
    expect(rows.map(({ decisions: told }) => told)).toEqual([null]);
    expect(total.decisions).toMatchObject({ decisions: 8 });
  });

  test("are not told to whom they do not concern", () => {
    const { rows, total } = report({ decisions: null, tallies: [tally({ impressions: 1 })] }, "hour");
    expect([rows[0]?.decisions, total.decisions]).toEqual([null, null]);
  });
});

describe("credits", () => {
  const credits = [
    credit({ count: 3 }),
    credit({ kind: "click", count: 2, card: null }),
    credit({ brand: "lan", campaign: "cmp_2", card: "crd_9" }),
  ];

  test("stand beside what was counted and take nothing off it", () => {
    const { rows, total } = report({ credits, tallies: [tally({ impressions: 5, clicks: 4 })] }, "brand");
    expect(rows.map(({ brand, impressions, clicks, credited }) => [brand, impressions, clicks, credited])).toEqual([
      ["lan", 0, 0, { impressions: 1, clicks: 0 }],
      ["mei", 5, 4, { impressions: 3, clicks: 2 }],
    ]);
    expect(total.credited).toEqual({ impressions: 4, clicks: 2 });
  });

  test("of a campaign's cards together have a row of their own among its cards, and none among phases", () => {
    const cards = report({ credits }, "campaign", "card").rows.map(({ card, credited }) => [card, credited]);
    expect(cards).toEqual([
      [null, { impressions: 0, clicks: 2 }],
      ["crd_1", { impressions: 3, clicks: 0 }],
      ["crd_9", { impressions: 1, clicks: 0 }],
    ]);
    const { rows, total } = report({ credits, tallies: [tally({ impressions: 5 })] }, "phase", "card");
    expect(rows.map(({ credited }) => credited)).toEqual([null]);
    expect(total.credited).toEqual({ impressions: 4, clicks: 2 });
  });
});

describe("whatever was counted, and however it is grouped", () => {
  const some = fc.constantFrom("a", "b");
  const event = fc.record({
    kind: fc.constantFrom(...EVENT_KINDS),
    invalid: fc.option(fc.constantFrom(...INVALID_REASONS)),
    late: fc.boolean(),
    link: fc.option(some),
    outcome: fc.option(fc.constantFrom(...OUTCOMES)),
    os: fc.option(fc.constantFrom("ios" as const, "android" as const)),
    hostVersion: fc.constantFrom("", "8.0.50"),
  });
  const tallies = fc.array(
    fc
      .record({
        place: fc.record({ brand: some, campaign: some, card: some, phase: some, hour: fc.constantFrom(...HOURS) }),
        counters: fc.array(event).map((events) => {
          const counters: Record<string, number> = {};
          for (const name of events.flatMap(countersOf)) counters[name] = (counters[name] ?? 0) + 1;
          return counters;
        }),
      })
      .map(({ place, counters }) => tally(counters, place)),
  );
  const groups = fc.uniqueArray(fc.constantFrom(...GROUPS));
  const COUNTS = Object.keys(each(() => 0)) as Count[];
  const sum = (rows: readonly Delivered[], of: (row: Delivered) => number) => rows.reduce((total, row) => total + of(row), 0);

  test("rows add up to the total, gross is valid and late and every reason, and no row comes twice", () => {
    fc.assert(
      fc.property(tallies, groups, (found, by) => {
        const { rows, total } = report({ tallies: found }, ...by);
        for (const count of COUNTS) {
          for (const row of [...rows, total]) {
            const invalid = Object.values(row.invalid[count]).reduce((all, times) => all + times, 0);
            expect(row.gross[count]).toBe(row[count] + row.late[count] + invalid);
          }
          expect(sum(rows, (row) => row[count])).toBe(total[count]);
          expect(sum(rows, (row) => row.gross[count])).toBe(total.gross[count]);
        }
        const outcomesIn = ({ landings }: Delivered) =>
          (landings ?? []).reduce((all, { outcomes }) => all + Object.values(outcomes).reduce((a, b) => a + b, 0), 0);
        expect(sum(rows, outcomesIn)).toBe(outcomesIn(total));
        if (by.includes("outcome")) expect(outcomesIn(total)).toBe(total.outcomes + total.late.outcomes);
        const ids = rows.map((row: ReportRow) => DIMENSIONS.map((dimension) => row[dimension]).join("#"));
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a report that is too long", () => {
  const many = (cards: number, counters: Counters = { impressions: 1 }) =>
    Array.from({ length: cards }, (_, n) => tally(counters, { card: `crd_${n}` }));

  test("is refused by its rows, and told of fewer", () => {
    expect(report({ tallies: many(MOST_LINES) }, "card").rows).toHaveLength(MOST_LINES);
    expect(refusalOf(() => report({ tallies: many(MOST_LINES + 1) }, "card")).code).toBe("report-too-long");
    expect(report({ tallies: many(MOST_LINES + 1) }, "brand").rows).toHaveLength(1);
  });

  test("is refused by its landings too", () => {
    const counters = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`landings:lost:app:ios:${n}`, 1]));
    expect(report({ tallies: many(300, counters) }, "card", "outcome").rows).toHaveLength(300);
    expect(refusalOf(() => report({ tallies: many(301, counters) }, "card", "outcome")).code).toBe("report-too-long");
    expect(report({ tallies: many(301, counters) }, "card").rows).toHaveLength(301);
  });

  test("at its longest fits into an answer of a function, as JSON and as CSV", () => {
    const ID = "0".repeat(26);
    const most = 1_234_567_890;
    const KINDS = { impression: "impressions", viewable: "viewables", "sub-second": "sub-seconds", click: "clicks", outcome: "outcomes" };
    const counters = Object.fromEntries(
      Object.values(KINDS).flatMap((name) => [
        [name, most],
        [`late-${name}`, most],
        ...INVALID_REASONS.map((reason) => [`invalid-${name}:${reason}`, most]),
      ]),
    );
    const long = { phase: "p".repeat(64), brand: `brd_${ID}`, campaign: `cmp_${ID}` };
    const tallies = Array.from({ length: MOST_LINES }, (_, n) => tally(counters, { ...long, card: `crd_${String(n).padStart(26, "0")}` }));
    const groups = ["phase", "brand", "campaign", "card", "hour"] as const;
    const wire = toWire(reports.delivery.reply, {
      season: "s",
      surface: "m",
      from: null,
      to: null,
      group: groups,
      ...report({ tallies }, ...groups),
      alerts: null,
    });
    const { rows } = reports.delivery.csv(wire as never);
    const bytes = rows.reduce((sum, cells) => sum + cells.reduce((length, cell) => length + cell.length + 3, 2), 0);
    expect(rows).toHaveLength(MOST_LINES + 1);
    const SIX_MB = 6 * 1024 * 1024;
    expect(JSON.stringify(wire).length).toBeLessThan(SIX_MB * 0.98);
    expect(bytes).toBeLessThan(SIX_MB);
  });
});
