import { expect, test } from "@jest/globals";
import { attestationOf } from "../../../lib/domain/attestation.ts";
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

test.each([0, -1])("it has to end later than now, not %i ms after", (ms) => {
  const { code, reasons } = refusalOf(() => attestationOf(application(), { ...act, expiresAt: OPENING + ms }));
  expect([code, ...clauses(reasons)]).toEqual(["not-admissible", "attestation-expired /expiresAt"]);
});
