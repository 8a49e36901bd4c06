import { describe, expect, test } from "@jest/globals";
import type { SeasonPlan } from "../../../lib/domain/season.ts";
import { draft } from "../../../lib/domain/season-planning.ts";
import { admission, clauses, DAY, OPENING, plan, refusalOf } from "./fixtures.ts";

const faultsOf = (over: Partial<SeasonPlan>) => clauses(refusalOf(() => draft(plan(over), "olga")).reasons);
const cap = (surface: string) => ({ surface, impressionsPerDay: 1_000, perViewerPerDay: null });
const licence = (from: number, until: number, mark = "logo") => ({ mark, from, until });

test("a surface is admitted once", () => {
  expect(faultsOf({ admissions: [admission(), admission()] })).toEqual(["surface-repeated /admissions/1/surface"]);
});

test("a surface of the season is capped once", () => {
  const on = (...surfaces: string[]) => ({ hostCaps: surfaces.map(cap) });
  expect(draft(plan(on("wechat-moments")), "olga").hostCaps).toEqual([cap("wechat-moments")]);
  expect(faultsOf(on("wechat-moments", "wechat-moments"))).toEqual(["surface-repeated /hostCaps/1/surface"]);
  expect(faultsOf(on("wechat-channels"))).toEqual(["surface-not-in-season /hostCaps/0/surface"]);
});

describe("a mark's licence", () => {
  test("ends later than it begins", () => {
    expect(faultsOf({ markLicences: [licence(OPENING, OPENING)] })).toEqual(["licence-empty /markLicences/0/until"]);
    expect(faultsOf({ markLicences: [licence(OPENING, OPENING - 1)] })).toEqual(["licence-empty /markLicences/0/until"]);
    expect(draft(plan({ markLicences: [licence(OPENING, OPENING + 1)] }), "olga").markLicences).toHaveLength(1);
  });

  test("meets no other of the same mark", () => {
    const first = licence(OPENING, OPENING + DAY);
    expect(faultsOf({ markLicences: [first, licence(OPENING + DAY - 1, OPENING + 2 * DAY)] })).toEqual([
      "licence-repeated /markLicences/1/mark",
    ]);
    const fine = [first, licence(OPENING + DAY, OPENING + 2 * DAY), licence(OPENING, OPENING + DAY, "wordmark")];
    expect(draft(plan({ markLicences: fine }), "olga").markLicences).toEqual(fine);
  });
});

test("rings are judged with the rest", () => {
  const limits = { complaints: null, failingLinks: null, latencyMs: null };
  const ring = { brand: null, steps: [{ from: OPENING, share: 1 }], limits };
  expect(faultsOf({ rings: [ring, ring] })).toEqual(["ring-repeated /rings/1/brand"]);
});
