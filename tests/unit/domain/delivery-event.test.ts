import { expect, test } from "@jest/globals";
import { delivered } from "../../../lib/domain/delivery-event.ts";
import { OPENING, placed, SEASON_END } from "./fixtures.ts";

test("an event keeps what was placed where, and neither the destination nor the viewer's apps", () => {
  const { destination: _destination, installedApps: _apps, seasonCloses: _closes, ...rest } = placed();
  expect(delivered(placed(), { kind: "click", at: OPENING, link: "tmall-app", invalid: "bot" })).toEqual({
    ...rest,
    kind: "click",
    at: OPENING,
    link: "tmall-app",
    outcome: null,
    late: false,
    invalid: "bot",
  });
});

test("what is not said is nothing", () => {
  expect(delivered(placed(), { kind: "impression", at: OPENING })).toMatchObject({ link: null, outcome: null, late: false, invalid: null });
});

test.each([
  ["before the season closes", SEASON_END - 1, false],
  ["as it closes", SEASON_END, true],
  ["after it", SEASON_END + 1, true],
])("what is told %s is late: %#", (_, at, late) => {
  expect(delivered(placed(), { kind: "impression", at }).late).toBe(late);
});
