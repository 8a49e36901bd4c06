import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Phase, Season } from "../../../lib/domain/season.ts";
import { copyOf, planChanges } from "../../../lib/domain/season-copy.ts";
import { draft } from "../../../lib/domain/season-planning.ts";
import { instantsOf } from "../../../lib/domain/timeline.ts";
import { wallTime } from "../../../lib/domain/zone.ts";
import { DAY, HOUR, NAMES, phase, season } from "./fixtures.ts";

const NEXT = { id: "next", names: { zh: "下一季", en: "Next" } };
/** A season of one phase, typed in the zone's own time. */
function on(zone: string, opens: string, closes: string): Season {
  const phases: [Phase] = [phase("only", Date.parse(opens), Date.parse(closes))];
  return season({ zone, phases, instants: instantsOf({ phases, propagationMs: HOUR, reworkMs: DAY }) });
}
const windowsOf = (original: Season, opens: string) => {
  const { zone, phases } = copyOf(original, { ...NEXT, opens });
  return phases.map(({ opensAt, closesAt }) => [wallTime(zone, opensAt), wallTime(zone, closesAt)]);
};

describe("a copy keeps the times on the zone's clocks", () => {
  test.each([
    [
      "over a year",
      "Asia/Shanghai",
      "2024-05-20T20:00:00+08:00",
      "2024-06-21T00:00:00+08:00",
      "2025-05-20",
      "2025-05-20T20:00:00.000+08:00",
      "2025-06-21T00:00:00.000+08:00",
    ],
    [
      "into summer time",
      "America/New_York",
      "2024-02-10T20:00:00-05:00",
      "2024-02-20T00:00:00-05:00",
      "2024-03-08",
      "2024-03-08T20:00:00.000-05:00",
      "2024-03-18T00:00:00.000-04:00",
    ],
    [
      "out of summer time",
      "America/New_York",
      "2024-10-10T20:00:00-04:00",
      "2024-10-20T00:00:00-04:00",
      "2024-11-01",
      "2024-11-01T20:00:00.000-04:00",
      "2024-11-11T00:00:00.000-05:00",
    ],
    [
      "where summer is half an hour",
      "Australia/Lord_Howe",
      "2024-09-20T09:00:00+10:30",
      "2024-09-30T09:00:00+10:30",
      "2024-10-01",
      "2024-10-01T09:00:00.000+10:30",
      "2024-10-11T09:00:00.000+11:00",
    ],
    [
      "over a day that was not there",
      "Pacific/Apia",
      "2011-12-20T09:00:00-10:00",
      "2011-12-25T09:00:00-10:00",
      "2011-12-28",
      "2011-12-28T09:00:00.000-10:00",
      "2012-01-02T09:00:00.000+14:00",
    ],
    [
      "onto 29 February",
      "Asia/Shanghai",
      "2023-02-27T00:00:00+08:00",
      "2023-03-02T00:00:00+08:00",
      "2024-02-27",
      "2024-02-27T00:00:00.000+08:00",
      "2024-03-01T00:00:00.000+08:00",
    ],
    [
      "from 29 February",
      "Asia/Shanghai",
      "2024-02-29T10:00:00+08:00",
      "2024-03-01T10:00:00+08:00",
      "2025-02-28",
      "2025-02-28T10:00:00.000+08:00",
      "2025-03-01T10:00:00.000+08:00",
    ],
    [
      "backwards",
      "Asia/Shanghai",
      "2024-05-20T20:00:00+08:00",
      "2024-06-21T00:00:00+08:00",
      "2023-05-20",
      "2023-05-20T20:00:00.000+08:00",
      "2023-06-21T00:00:00.000+08:00",
    ],
    [
      "onto a time that clocks skip, which is as much later",
      "America/New_York",
      "2024-03-03T02:30:00-05:00",
      "2024-03-04T00:00:00-05:00",
      "2024-03-10",
      "2024-03-10T03:30:00.000-04:00",
      "2024-03-11T00:00:00.000-04:00",
    ],
  ])("%s, in %s", (_name, zone, opens, closes, day, opensAt, closesAt) => {
    expect(windowsOf(on(zone, opens, closes), day)).toEqual([[opensAt, closesAt]]);
  });

  test("on any day, in zones that change their clocks in every way there is", () => {
    const zones = fc.constantFrom("America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Europe/London", "Asia/Shanghai");
    // From 2013 on, so that Samoa has its day back; a time of day that no zone skips.
    const days = fc.integer({ min: 0, max: 5_000 });
    const start = Date.UTC(2013, 0, 1);
    fc.assert(
      fc.property(zones, days, fc.integer({ min: 1, max: 60 }), days, (zone, first, length, second) => {
        const dayOf = (n: number) => wallTime("Europe/London", start + n * DAY + 12 * HOUR).slice(0, 10);
        const noon = (n: number) => instantAtNoon(zone, dayOf(n));
        const original = on(zone, new Date(noon(first)).toISOString(), new Date(noon(first + length)).toISOString());
        const [[opensAt, closesAt] = []] = windowsOf(original, dayOf(second));
        expect(opensAt?.slice(0, 19)).toBe(`${dayOf(second)}T12:00:00`);
        expect(closesAt?.slice(0, 19)).toBe(`${dayOf(second + length)}T12:00:00`);
      }),
    );
  });
});

/** Twelve o'clock on that day, found by looking: twelve in UTC, less what the zone's clocks are ahead. */
function instantAtNoon(zone: string, day: string): number {
  const guess = Date.parse(`${day}T12:00:00Z`);
  for (let minutes = -14 * 60; minutes <= 14 * 60; minutes += 15) {
    const at = guess - minutes * 60_000;
    if (wallTime(zone, at).startsWith(`${day}T12:00:00`)) return at;
  }
  throw new Error(`no noon on ${day} in ${zone}`);
}

test("a copy back on the original's own day is the original's plan, whatever there is in it", () => {
  const limits = { complaints: 1, failingLinks: null, latencyMs: null };
  const original = season({
    markLicences: [{ mark: "logo", from: 1_716_000_000_000, until: 1_718_000_000_000 }],
    rings: [{ brand: null, steps: [{ from: 1_716_000_000_000, share: 1 }], limits }],
  });
  const again = draft(copyOf(original, { id: original.id, names: original.names, opens: "2024-05-20" }), "olga");
  expect(again).toEqual({ ...original, status: "draft", version: 1, dossier: { ...original.dossier, publishedBy: null } });
});

test("a copy is a draft without a past", () => {
  const original = season({ status: "archived", ringTurns: [{ brand: null, state: "halted", at: 1, why: "why" }] });
  const copy = draft(copyOf(original, { ...NEXT, opens: "2025-05-13" }), "pete");
  expect(copy).toMatchObject({ status: "draft", turns: [], ringTurns: [], version: 1, dossier: { plannedBy: "pete", former: [] } });
});

test("what differs is told with the times that clocks show", () => {
  const original = on("America/New_York", "2024-02-10T20:00:00-05:00", "2024-02-20T00:00:00-05:00");
  const found = planChanges(original, draft(copyOf(original, { ...NEXT, names: NAMES, opens: "2024-03-12" }), "olga"));
  expect(found.slice(0, 5)).toEqual([
    { element: "/id", before: "618-2024", after: "next" },
    { element: "/phases/0/opensAt", before: "2024-02-10T20:00:00.000-05:00", after: "2024-03-12T20:00:00.000-04:00" },
    { element: "/phases/0/closesAt", before: "2024-02-20T00:00:00.000-05:00", after: "2024-03-22T00:00:00.000-04:00" },
    { element: "/instants/applicationsClose", before: "2024-02-09T19:00:00.000-05:00", after: "2024-03-11T19:00:00.000-04:00" },
    { element: "/instants/whitelistFreeze", before: "2024-02-10T19:00:00.000-05:00", after: "2024-03-12T19:00:00.000-04:00" },
  ]);
  expect(found.map(({ element }) => element)).not.toContain("/propagationMs");
});
