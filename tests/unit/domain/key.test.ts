import { describe, expect, test } from "@jest/globals";
import { ATTESTATION_MACHINE, GRANT_MACHINE, turnByHand, turnKey } from "../../../lib/domain/key.ts";
import { attestation, frozen, grant, refusalOf } from "./fixtures.ts";

describe.each([
  ["an attestation", ATTESTATION_MACHINE, frozen(attestation())],
  ["a grant", GRANT_MACHINE, frozen(grant({ dailyShare: 100 }))],
] as const)("%s", (_key, machine, current) => {
  test.each([
    ["current", "suspend", "suspended"],
    ["current", "revoke", "revoked"],
    ["suspended", "reinstate", "current"],
    ["suspended", "revoke", "revoked"],
  ] as const)("that is %s and that somebody turns by %s is %s, for the reason given, and all else is as it was", (state, verb, after) => {
    const before = { ...current, state, reason: "an older reason", version: 7 };
    expect(turnKey(machine, before, verb, "why")).toEqual({ ...before, state: after, reason: "why", version: 8 });
  });

  test.each([
    ["current", "reinstate"],
    ["suspended", "suspend"],
    ["revoked", "suspend"],
    ["revoked", "reinstate"],
    ["revoked", "revoke"],
  ] as const)("that is %s cannot be turned by %s", (state, verb) => {
    expect(refusalOf(() => turnKey(machine, { ...current, state }, verb, "why")).code).toBe("wrong-state");
  });

  test("is given back by nobody who had a hand in the application, and taken away by anybody of its side", () => {
    const ours = { editors: ["ann", "bo"] };
    const turn = (state: "current" | "suspended", verb: "suspend" | "reinstate" | "revoke", by: string) =>
      turnByHand(ours, machine, { ...current, state }, { verb, reason: "why", by });
    expect(refusalOf(() => turn("suspended", "reinstate", "bo"))).toEqual({ code: "self-review", reasons: [] });
    expect(turn("suspended", "reinstate", "tao")).toMatchObject({ state: "current", reason: "why" });
    expect([turn("current", "suspend", "bo").state, turn("suspended", "revoke", "bo").state]).toEqual(["suspended", "revoked"]);
    expect(refusalOf(() => turn("current", "reinstate", "bo")).code).toBe("wrong-state");
  });
});
