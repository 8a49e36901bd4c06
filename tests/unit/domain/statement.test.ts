import { brotliCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { canonicalJson, type Plain } from "../../../lib/domain/canonical-json.ts";
import { INVALID_REASONS } from "../../../lib/domain/delivery-event.ts";
import { dayOfSeason, MOST_ROWS, statedCounts } from "../../../lib/domain/statement.ts";
import type { Counters, Tally } from "../../../lib/domain/tally.ts";
import { DAY, HOUR, phase, refusalOf, SEASON_END, season, seeded } from "./fixtures.ts";

describe("a day of a season", () => {
  const at = (time: string) => Date.parse(time);

  test("is that of its zone, and final a day after its end", () => {
    expect(dayOfSeason(season(), "2024-05-20")).toEqual({
      opensAt: at("2024-05-20T00:00:00+08:00"),
      closesAt: at("2024-05-21T00:00:00+08:00"),
      finalAt: at("2024-05-22T00:00:00+08:00"),
    });
  });

  test("is one in which something can be counted: from the day it opens to that in which the grace ends", () => {
    const grace = season({ instants: { clickGraceEnds: SEASON_END + DAY } });
    const days = ["2024-05-19", "2024-05-20", "2024-05-21", "2024-05-22"].map((day) => dayOfSeason(grace, day) !== undefined);
    expect(days).toEqual([false, true, true, false]);
  });

  test("is as long as clocks make it, and has every hour that begins in it", () => {
    const opensAt = at("2024-03-29T00:00:00Z");
    const of = (zone: string, day: string) => {
      const found = dayOfSeason(season({ zone, phases: [phase("p", opensAt, opensAt + 9 * DAY)] }), day);
      return found && (found.closesAt - found.opensAt) / HOUR;
    };
    expect([of("Europe/Berlin", "2024-03-30"), of("Europe/Berlin", "2024-03-31")]).toEqual([24, 23]);
    expect(of("Asia/Kolkata", "2024-03-31")).toBe(24);
  });

  test.each(["Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"])(
    "follows the one before without an hour between them or in both, in %s",
    (zone) => {
      const opensAt = at("2024-03-01T00:00:00Z");
      const long = season({ zone, phases: [phase("p", opensAt, opensAt + 60 * DAY)], instants: { clickGraceEnds: opensAt + 61 * DAY } });
      const days = Array.from({ length: 50 }, (_, n) => new Date(opensAt + (n + 2) * DAY).toISOString().slice(0, 10));
      const windows = days.map((day) => dayOfSeason(long, day));
      for (const [n, window] of windows.entries()) {
        expect(window?.opensAt).toBe((n === 0 ? window : windows[n - 1])?.[n === 0 ? "opensAt" : "closesAt"]);
        expect((window?.opensAt ?? 1) % HOUR).toBe(0);
      }
    },
  );
});

describe("what is stated", () => {
  const tally = (card: number, counters: Counters = { impressions: 1 }, brand = "mei"): Tally => ({
    ...{ surface: "m", season: "s", brand, campaign: "cmp", card: `crd_${card}`, phase: "p", hour: "2024-05-20T12" },
    counters,
  });

  test("is by card over phases and hours, in order, with all that was not valid, and in all", () => {
    const tallies = [tally(2), { ...tally(1), hour: "2024-05-20T13" }, tally(1, { clicks: 2, "invalid-clicks:bot": 1, "late-clicks": 1 })];
    const { by, rows, total } = statedCounts(tallies);
    expect(by).toBe("card");
    expect(rows.map(({ card, impressions, gross }) => [card, impressions, gross.clicks])).toEqual([
      ["crd_1", 1, 4],
      ["crd_2", 1, 0],
    ]);
    expect(total).toMatchObject({ impressions: 2, clicks: 2, late: { clicks: 1 }, invalid: { clicks: { bot: 1 } }, gross: { clicks: 4 } });
  });

  test("is by brand where cards are too many, and refused where brands are", () => {
    const cards = Array.from({ length: MOST_ROWS + 1 }, (_, n) => tally(n));
    expect(statedCounts(cards.slice(1)).rows).toHaveLength(MOST_ROWS);
    expect(statedCounts(cards)).toMatchObject({
      by: "brand",
      rows: [{ brand: "mei", campaign: null, card: null, impressions: MOST_ROWS + 1 }],
    });
    const brands = Array.from({ length: MOST_ROWS + 1 }, (_, n) => tally(n, { impressions: 1 }, `brd_${n}`));
    expect(refusalOf(() => statedCounts(brands)).code).toBe("report-too-long");
  });

  test("at its longest fits into an item and into an answer", () => {
    const random = seeded(7);
    const text = (length: number) => Array.from({ length }, () => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Math.floor(random() * 32)]).join("");
    const kinds = ["impressions", "viewables", "sub-seconds", "clicks", "outcomes"];
    const names = kinds.flatMap((kind) => [kind, `late-${kind}`, ...INVALID_REASONS.map((reason) => `invalid-${kind}:${reason}`)]);
    const tallies = Array.from({ length: MOST_ROWS }, () => ({
      ...tally(0, Object.fromEntries(names.map((name) => [name, Math.floor(random() * 1e9)])), `brd_${text(26)}`),
      ...{ campaign: `cmp_${text(26)}`, card: `crd_${text(26)}` },
    }));
    const payload = canonicalJson(statedCounts(tallies) as unknown as Plain);
    expect(brotliCompressSync(Buffer.from(payload)).length).toBeLessThan(395 * 1024);
    expect(Buffer.from(payload).toString("base64url").length).toBeLessThan(5.9 * 1024 * 1024);
  });
});

describe("canonical JSON", () => {
  test("has names in order and nothing between", () => {
    expect(canonicalJson({ b: [1, { z: null, a: "ü\n" }], a: true, "€": 0, A: "\u0001" })).toBe(
      '{"A":"\\u0001","a":true,"b":[1,{"a":"ü\\n","z":null}],"€":0}',
    );
  });

  test("says the same as JSON, and the same however its names are ordered", () => {
    const json = fc.letrec<{ value: Plain; object: Plain }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie("object"),
        fc.array(tie("value")),
      ),
      object: fc.dictionary(fc.string(), tie("value")),
    })).value;
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, member]) => [name, reversed(member)]),
            )
          : value;
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value) as Plain)).toBe(canonicalJson(value));
      }),
      { numRuns: 200 },
    );
  });
});
