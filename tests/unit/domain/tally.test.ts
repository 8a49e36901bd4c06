import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { EVENT_KINDS, INVALID_REASONS, OUTCOMES } from "../../../lib/domain/delivery-event.ts";
import {
  bucketsOf,
  countersOf,
  countsOf,
  gross,
  hourOf,
  isOfLinks,
  landingsIn,
  linksIn,
  placeOf,
  summed,
} from "../../../lib/domain/tally.ts";
import { impression } from "../../support/samples.ts";

const at = (time: string) => Date.parse(time);

test.each([
  [{}, ["impressions"]],
  [{ kind: "viewable" }, ["viewables"]],
  [{ kind: "sub-second" }, ["sub-seconds"]],
  [{ late: true }, ["late-impressions"]],
  [{ invalid: "bot" }, ["invalid-impressions:bot"]],
  [{ late: true, invalid: "bot" }, ["invalid-impressions:bot"]],
  [{ kind: "click", link: "tmall-app" }, ["clicks", "links:tmall-app:ios"]],
  [{ kind: "click", link: "tmall-app", os: null, late: true }, ["late-clicks", "links:tmall-app:-"]],
  [{ kind: "click", link: "tmall-app", invalid: "no-impression" }, ["invalid-clicks:no-impression"]],
  [{ kind: "outcome", outcome: "lost", link: "web" }, ["outcomes", "landings:lost:web:ios:8.0.50"]],
  [{ kind: "outcome", outcome: "opened-app", os: null, hostVersion: "" }, ["outcomes", "landings:opened-app:-:-:-"]],
] as const)("%j adds to %j", (changes, counters) => {
  expect(countersOf(impression(changes))).toEqual(counters);
});

test("the hour is the event's, in UTC", () => {
  expect(hourOf(at("2026-06-01T20:59:59.999+08:00"))).toBe("2026-06-01T12");
  expect(hourOf(at("2026-06-01T21:00:00+08:00"))).toBe("2026-06-01T13");
  expect(placeOf(impression({ at: at("2026-12-31T23:59:59Z") }))).toEqual({
    surface: "moments",
    season: "618-2024",
    brand: "lanmo",
    campaign: "cmp_1",
    card: "crd_1",
    phase: "main",
    hour: "2026-12-31T23",
  });
});

test("counters without counts count nothing", () => {
  expect(bucketsOf({}, "click")).toEqual({ valid: 0, late: 0, invalid: {} });
  expect(linksIn({ clicks: 1 })).toEqual([]);
  expect(landingsIn({ clicks: 1 })).toEqual([]);
  expect(summed([])).toEqual({});
});

describe("whatever is recorded,", () => {
  const anyEvent = fc
    .record({
      kind: fc.constantFrom(...EVENT_KINDS),
      invalid: fc.option(fc.constantFrom(...INVALID_REASONS)),
      late: fc.boolean(),
      link: fc.option(fc.constantFrom("tmall-app", "web")),
      outcome: fc.option(fc.constantFrom(...OUTCOMES)),
      os: fc.option(fc.constantFrom("ios" as const, "android" as const)),
      hostVersion: fc.constantFrom("", "8.0.50"),
    })
    .map((changes) => impression(changes));
  const countersOfAll = (events: readonly ReturnType<typeof impression>[]) =>
    summed(events.map((event) => Object.fromEntries(countersOf(event).map((name) => [name, 1]))));

  test("gross is valid, late and every reason together, for every kind", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const counts = countsOf(countersOfAll(events));
        for (const kind of EVENT_KINDS) {
          const those = events.filter((event) => event.kind === kind);
          expect(gross(counts[kind])).toBe(those.length);
          expect(counts[kind].valid).toBe(those.filter(({ invalid, late }) => invalid === null && !late).length);
          expect(counts[kind].late).toBe(those.filter(({ invalid, late }) => invalid === null && late).length);
        }
      }),
    );
  });

  test("every tap that counts went somewhere, and every outcome that counts ended somehow", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const counters = countersOfAll(events);
        const { click, outcome } = countsOf(counters);
        expect(linksIn(counters).reduce((sum, { count }) => sum + count, 0)).toBe(click.valid + click.late);
        expect(landingsIn(counters).reduce((sum, { count }) => sum + count, 0)).toBe(outcome.valid + outcome.late);
        expect(Object.keys(counters).filter(isOfLinks)).toHaveLength(linksIn(counters).length + landingsIn(counters).length);
      }),
    );
  });
});

test("where taps went and how they landed is read back part by part", () => {
  expect(linksIn({ "links:tmall-app:ios": 3, "links:web:-": 1 })).toEqual([
    { link: "tmall-app", os: "ios", count: 3 },
    { link: "web", os: "-", count: 1 },
  ]);
  expect(landingsIn({ "landings:lost:web:android:8.0.50": 2 })).toEqual([
    { outcome: "lost", link: "web", os: "android", hostVersion: "8.0.50", count: 2 },
  ]);
});
