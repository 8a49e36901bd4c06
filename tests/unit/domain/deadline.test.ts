import { describe, expect, test } from "@jest/globals";
import { lastSafeDecisionAt, nextStep, warningAt } from "../../../lib/domain/deadline.ts";
import { application, DAY, HOUR, OPENING, season } from "./fixtures.ts";

/** The host needs two hours to spread a decision, the brand a day to put things right. */
const LAST_SAFE = OPENING - 2 * HOUR - DAY;
const LAST = OPENING - 2 * HOUR;

test("the last safe decision is as far before the first opening as spreading it and putting things right take", () => {
  expect(lastSafeDecisionAt(season())).toBe(LAST_SAFE);
  expect(lastSafeDecisionAt(season({ propagationMs: 0, reworkMs: 0 }))).toBe(OPENING);
});

describe("a reviewer is warned", () => {
  test.each([
    ["not at all", LAST_SAFE - 2 * DAY - 1, null],
    ["not at all", LAST_SAFE - 2 * DAY, null],
    ["that it is soon", LAST_SAFE - 2 * DAY + 1, "soon"],
    ["that it is soon", LAST_SAFE - 1, "soon"],
    ["that it is soon", LAST_SAFE, "soon"],
    ["that nothing can be put right any more", LAST_SAFE + 1, "too-late-for-rework"],
    ["that nothing can be put right any more", LAST - 1, "too-late-for-rework"],
    ["that nothing can be put right any more", LAST, "too-late-for-rework"],
    ["that it is too late", LAST + 1, "too-late"],
    ["that it is too late", OPENING + DAY, "too-late"],
  ] as const)("%s, at %i", (_what, now, warning) => {
    expect(warningAt(season(), now)).toBe(warning);
  });

  test("of a season that needs no rework, not that it is too late for some", () => {
    const on = season({ reworkMs: 0 });
    expect([LAST, LAST + 1].map((now) => warningAt(on, now))).toEqual(["soon", "too-late"]);
  });
});

describe("the next step of an application that is", () => {
  const on = season();
  test.each([
    [
      "a draft",
      { state: "draft", attestedAt: null, submittedAt: null },
      { who: "brand", what: "submit", by: on.instants.applicationsClose },
    ],
    ["pending, not attested", { state: "pending", attestedAt: null }, { who: "attester", what: "attest", by: LAST_SAFE }],
    ["pending, attested", { state: "pending" }, { who: "reviewer", what: "review", by: LAST_SAFE }],
    ["sent back for changes", { state: "changes-requested" }, { who: "brand", what: "put-right", by: on.instants.applicationsClose }],
    ["approved", { state: "approved" }, { who: "brand", what: "prepare-cards", by: OPENING }],
    ["denied", { state: "denied" }, null],
    ["withdrawn", { state: "withdrawn" }, null],
  ] as const)("%s", (_what, over, step) => {
    expect(nextStep(application(over), on)).toEqual(step);
  });
});
