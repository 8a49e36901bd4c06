import { describe, expect, test } from "@jest/globals";
import { type Attestation, attestationOf, attestingVerb } from "../../../lib/domain/attestation.ts";
import { application, attestation, clauses, OPENING, PARTIES, refusalOf } from "./fixtures.ts";

const act = { by: "tao", at: OPENING, expiresAt: OPENING + 1, replaces: undefined };

test("the marketplace vouches for the store that applied, as this revision describes it", () => {
  const waiting = application({ attestedAt: null, revision: 3, surfaces: ["wechat-moments", "wechat-channels"] });
  expect(attestationOf(waiting, act)).toEqual({
    ...PARTIES,
    application: "app_1",
    revision: 3,
    season: "618-2024",
    surfaces: ["wechat-moments", "wechat-channels"],
    storeType: "flagship",
    attestedBy: "tao",
    attestedAt: OPENING,
    state: "current",
    expiresAt: OPENING + 1,
    reason: null,
    version: 1,
  });
});

test("one that replaces another starts anew, under the next version", () => {
  const replaces = attestation({ state: "revoked", reason: "changed", version: 4, attestedBy: "old" });
  expect(attestationOf(application(), { ...act, replaces })).toMatchObject({
    state: "current",
    reason: null,
    attestedBy: "tao",
    version: 5,
  });
});

describe("the marketplace's word, given before,", () => {
  const again = (replaces: Attestation, expiresAt: number) => attestationOf(application(), { ...act, expiresAt, replaces });

  test.each([
    ["that still holds", OPENING + 5],
    ["that has ended", OPENING - 5],
  ])("%s is renewed for longer", (_what, until) => {
    const replaces = attestation({ expiresAt: until, version: 4 });
    expect(again(replaces, OPENING + 6)).toMatchObject({ state: "current", expiresAt: OPENING + 6, version: 5 });
    expect(attestingVerb(replaces)).toBe("renew");
  });

  test.each([5, 4])("is not given for as long or shorter: %i", (ms) => {
    const { code, reasons } = refusalOf(() => again(attestation({ expiresAt: OPENING + 5 }), OPENING + ms));
    expect([code, ...clauses(reasons)]).toEqual(["already-attested", "attestation-current /expiresAt"]);
  });

  test("and suspended is to be reinstated or revoked first", () => {
    expect(refusalOf(() => again(attestation({ state: "suspended", expiresAt: OPENING + 5 }), OPENING + 6))).toEqual({
      code: "already-attested",
      reasons: [{ code: "renew-not-possible", field: "", detail: "It is suspended; possible from here: reinstate, revoke." }],
    });
  });

  test("and revoked is given anew, for however long", () => {
    const replaces = attestation({ state: "revoked", expiresAt: OPENING + 5 });
    expect(again(replaces, OPENING + 1).state).toBe("current");
    expect([attestingVerb(replaces), attestingVerb(undefined)]).toEqual(["give", "give"]);
  });
});

test.each([0, -1])("it has to end later than now, not %i ms after", (ms) => {
  const { code, reasons } = refusalOf(() => attestationOf(application(), { ...act, expiresAt: OPENING + ms }));
  expect([code, ...clauses(reasons)]).toEqual(["not-admissible", "attestation-expired /expiresAt"]);
});
