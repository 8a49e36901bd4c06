import { describe, expect, test } from "@jest/globals";
import type { Application } from "../../../lib/domain/application.ts";
import { type KeysInHand, lastSafeDecisionAt, type NextStep, nextStep, warningAt } from "../../../lib/domain/deadline.ts";
import { admission, application, attestation, DAY, grant, HOUR, OPENING, phase, SEASON_END, season } from "./fixtures.ts";

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

/** The last decision that reaches everybody before the first opening; before the end. */
const BEFORE_OPENING = LAST;
const BEFORE_END = SEASON_END - 2 * HOUR;
const on = season({ phases: [phase("only", OPENING, OPENING + 10 * DAY)] });
const over = OPENING + 10 * DAY;
const before = over - 2 * HOUR;
const ruled = (at: number) => ({ rulings: [{ verb: "deny" as const, by: "rob", at, revision: 1, feedback: [] }] });
const held = { attestation: attestation({ expiresAt: over }), grants: [grant({ expiresAt: over })] };
const none = { attestation: null, grants: [] };
const suspended = { ...held, attestation: attestation({ state: "suspended", expiresAt: over }) };
const revoked = { ...held, attestation: attestation({ state: "revoked", expiresAt: over }) };
const ended = { ...held, attestation: attestation({ expiresAt: OPENING - DAY }) };
const EARLY = OPENING - 3 * DAY;
const DEADLINE = on.instants.applicationsClose;

describe("the next step of an application that is", () => {
  test.each<[string, Partial<Application>, KeysInHand, at: number, NextStep | null]>([
    ["a draft", { state: "draft" }, none, EARLY, { who: "brand", what: "submit", by: DEADLINE }],
    ["a draft just before the deadline", { state: "draft" }, none, DEADLINE - 1, { who: "brand", what: "submit", by: DEADLINE }],
    ["a draft at the deadline", { state: "draft" }, none, DEADLINE, null],
    ["pending, not attested", { state: "pending" }, none, EARLY, { who: "attester", what: "attest", by: LAST_SAFE }],
    ["pending, attested", { state: "pending" }, held, EARLY, { who: "reviewer", what: "review", by: LAST_SAFE }],
    [
      "pending, its attestation suspended",
      { state: "pending" },
      suspended,
      EARLY,
      { who: "attester", what: "reinstate-or-revoke", by: LAST_SAFE },
    ],
    ["pending, its attestation revoked", { state: "pending" }, revoked, EARLY, { who: "attester", what: "attest", by: LAST_SAFE }],
    ["pending, its attestation ended", { state: "pending" }, ended, OPENING, { who: "attester", what: "attest", by: LAST_SAFE }],
    [
      "pending and overdue",
      { state: "pending", submittedAt: LAST_SAFE },
      held,
      OPENING,
      { who: "reviewer", what: "review", by: LAST_SAFE },
    ],
    [
      "pending, submitted with no time for rework",
      { state: "pending", submittedAt: LAST_SAFE + 1 },
      held,
      OPENING,
      { who: "reviewer", what: "review", by: BEFORE_OPENING },
    ],
    [
      "pending, submitted when it was open",
      { state: "pending", submittedAt: OPENING },
      held,
      OPENING,
      { who: "reviewer", what: "review", by: before },
    ],
    [
      "sent back for changes",
      { state: "changes-requested", ...ruled(EARLY) },
      held,
      EARLY,
      { who: "brand", what: "put-right", by: BEFORE_OPENING },
    ],
    [
      "sent back when it was open",
      { state: "changes-requested", ...ruled(OPENING) },
      held,
      OPENING,
      { who: "brand", what: "put-right", by: before },
    ],
    ["approved", { state: "approved" }, held, EARLY, { who: "brand", what: "prepare-cards", by: OPENING }],
    ["approved and open", { state: "approved" }, held, OPENING + 1, { who: "brand", what: "prepare-cards", by: over }],
    ["approved, its attestation ended", { state: "approved" }, ended, OPENING, { who: "attester", what: "attest", by: before }],
    [
      "approved, its attestation suspended",
      { state: "approved" },
      suspended,
      EARLY,
      { who: "attester", what: "reinstate-or-revoke", by: BEFORE_OPENING },
    ],
    [
      "approved, its grant suspended",
      { state: "approved" },
      { ...held, grants: [grant({ state: "suspended" }), grant({ state: "revoked" })] },
      EARLY,
      { who: "reviewer", what: "reinstate-or-revoke", by: BEFORE_OPENING },
    ],
    [
      "approved, one of two grants suspended",
      { state: "approved" },
      { ...held, grants: [grant({ state: "suspended" }), ...held.grants] },
      EARLY,
      { who: "brand", what: "prepare-cards", by: OPENING },
    ],
    ["approved, all its grants revoked", { state: "approved" }, { ...revoked, grants: [grant({ state: "revoked" })] }, EARLY, null],
    ["denied", { state: "denied", ...ruled(EARLY) }, held, EARLY, { who: "brand", what: "appeal", by: LAST_SAFE }],
    ["denied late", { state: "denied", ...ruled(LAST_SAFE + 1) }, held, OPENING, { who: "brand", what: "appeal", by: BEFORE_OPENING }],
    ["denied after its appeal", { state: "denied", appeal: "words" }, held, EARLY, null],
    ["withdrawn", { state: "withdrawn" }, none, EARLY, null],
  ])("%s", (_what, changes, keys, at, step) => {
    expect(nextStep(application(changes), keys, on, at)).toEqual(step);
  });

  test("a draft after the deadline, where every surface may waive it, is for whatever is left of the season", () => {
    const waivable = admission({ waivable: ["deadline-passed"] });
    const draft = application({ state: "draft" });
    expect(nextStep(draft, none, season({ admissions: [waivable] }), DEADLINE)).toEqual({ who: "brand", what: "submit", by: BEFORE_END });
    const both = { ...draft, surfaces: ["wechat-moments", "wechat-channels"] as const };
    const strict = season({ admissions: [waivable, admission({ surface: "wechat-channels" })] });
    expect(nextStep(both, none, strict, DEADLINE)).toBeNull();
  });

  test.each(["draft", "pending", "changes-requested", "approved", "denied", "withdrawn"] as const)(
    "%s, of a season that is over or cancelled, is nobody's",
    (state) => {
      expect(nextStep(application({ state }), held, on, over)).toBeNull();
      expect(nextStep(application({ state }), held, { ...on, status: "cancelled" }, EARLY)).toBeNull();
    },
  );
});
