import { expect, test } from "@jest/globals";
import { dueAt, LATE_MS, symptoms, type Vitals } from "../../../lib/domain/health.ts";
import { OPENING, season } from "./fixtures.ts";

/** The machine's clock; the festival's stands in another year. */
const NOW = Date.UTC(2026, 0, 1);
const SURFACE = "wechat-moments";

const vitals = (over: Partial<Vitals> = {}): Vitals => ({
  lastTick: { at: NOW - 60_000, festivalAt: OPENING - 1 },
  snapshots: [{ surface: SURFACE, publishedAt: NOW - 60_000 }],
  seasons: [season()],
  unreadable: 0,
  ...over,
});
const codes = (over: Partial<Vitals>) => symptoms(vitals(over), NOW).map(({ code, field }) => `${code} ${field}`);

test("a clock and a snapshot of a minute ago are well", () => {
  expect(codes({})).toEqual([]);
});

test.each([
  ["three minutes ago", NOW - LATE_MS, []],
  ["longer ago", NOW - LATE_MS - 1, ["clock-stale /lastTick"]],
])("a tick %s", (_case, at, expected) => {
  expect(codes({ lastTick: { at, festivalAt: 0 } })).toEqual(expected);
});

test.each([
  ["three minutes ago", NOW - LATE_MS, []],
  ["longer ago", NOW - LATE_MS - 1, ["snapshot-stale /snapshots/1"]],
  ["never", null, ["snapshot-stale /snapshots/1"]],
])("of two surfaces, one last published %s", (_case, publishedAt, expected) => {
  expect(codes({ snapshots: [...vitals().snapshots, { surface: "late", publishedAt }] })).toEqual(expected);
});

test("a stack that has just begun is not well before its first tick", () => {
  expect(codes({ lastTick: undefined, snapshots: [{ surface: SURFACE, publishedAt: null }] })).toEqual([
    "clock-stale /lastTick",
    "snapshot-stale /snapshots/0",
  ]);
});

test("a turn is overdue when the last tick saw it well after it was due, and it is still not on record", () => {
  const tickedAt = (festivalAt: number) => codes({ lastTick: { at: NOW, festivalAt } });
  expect(tickedAt(OPENING + LATE_MS - 1)).toEqual([]);
  expect(tickedAt(OPENING + LATE_MS)).toEqual(["season-overdue /due"]);
});

test("a season that cannot be read is told of by number, never by name", () => {
  const [symptom] = symptoms(vitals({ unreadable: 2 }), NOW);
  expect(symptom).toMatchObject({ code: "season-unreadable", detail: expect.stringContaining("2") });
});

test("what is due is the next turn of each season, with its official time", () => {
  expect(dueAt([season(), season({ id: "later", status: "archived" })], OPENING)).toEqual([
    { season: "618-2024", to: "open", officialAt: OPENING },
  ]);
  expect(dueAt([season()], OPENING - 1)).toEqual([]);
});
