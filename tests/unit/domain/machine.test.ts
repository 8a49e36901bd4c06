import { describe, expect, test } from "@jest/globals";
import { APPLICATION_MACHINE, type ApplicationState, type ApplicationVerb } from "../../../lib/domain/application-machine.ts";
import { CAMPAIGN_MACHINE } from "../../../lib/domain/campaign-machine.ts";
import { CARD_MACHINE } from "../../../lib/domain/card-machine.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE, type KeyState, type KeyVerb } from "../../../lib/domain/key.ts";
import { type Machine, next } from "../../../lib/domain/machine.ts";
import { SEASON_MACHINE } from "../../../lib/domain/season-machine.ts";
import { refusalOf } from "./fixtures.ts";

type Row<State extends string, Verb extends string> = readonly [from: State, verb: Verb, by: string, to: State];

/** The arrows, drawn a second time: a change of the table is a change of both. */
const APPLICATION: readonly Row<ApplicationState, ApplicationVerb>[] = [
  ["draft", "edit", "brand", "draft"],
  ["draft", "submit", "brand", "pending"],
  ["draft", "withdraw", "brand", "withdrawn"],
  ["pending", "attest", "attester", "pending"],
  ["pending", "approve", "reviewer", "approved"],
  ["pending", "deny", "reviewer", "denied"],
  ["pending", "request-changes", "reviewer", "changes-requested"],
  ["pending", "withdraw", "brand", "withdrawn"],
  ["changes-requested", "edit", "brand", "changes-requested"],
  ["changes-requested", "submit", "brand", "pending"],
  ["changes-requested", "withdraw", "brand", "withdrawn"],
  ["denied", "appeal", "brand", "pending"],
  ["denied", "withdraw", "brand", "withdrawn"],
  ["approved", "attest", "attester", "approved"],
  ["approved", "amend", "brand", "pending"],
  ["approved", "change-contacts", "brand", "approved"],
  ["approved", "withdraw", "brand", "withdrawn"],
];
const APPLICATION_STATES: readonly ApplicationState[] = ["draft", "pending", "changes-requested", "approved", "denied", "withdrawn"];
const APPLICATION_VERBS: readonly ApplicationVerb[] = [
  ..."edit submit attest approve deny request-changes appeal amend change-contacts withdraw".split(" "),
] as never;

const CAMPAIGN: readonly Row<string, string>[] = [
  ["active", "edit", "brand", "active"],
  ["active", "pause", "brand", "paused"],
  ["paused", "edit", "brand", "paused"],
  ["paused", "resume", "brand", "active"],
];
const CARD: readonly Row<string, string>[] = [
  ["pending", "revise", "brand", "pending"],
  ["pending", "approve", "reviewer", "approved"],
  ["pending", "deny", "reviewer", "denied"],
  ["pending", "request-changes", "reviewer", "changes-requested"],
  ["approved", "adjust", "brand", "approved"],
  ["approved", "revise", "brand", "pending"],
  ["approved", "deny", "reviewer", "denied"],
  ["approved", "request-changes", "reviewer", "changes-requested"],
  ["changes-requested", "revise", "brand", "pending"],
  ["changes-requested", "deny", "reviewer", "denied"],
  ["denied", "revise", "brand", "pending"],
];
const CHANGING = ["propose", "withdraw-proposal", "publish", "close-early"] as const;
const SEASON: readonly Row<string, string>[] = [
  ["draft", "edit", "operator", "draft"],
  ["draft", "publish", "operator", "scheduled"],
  ["draft", "cancel", "operator", "cancelled"],
  ...CHANGING.map((verb) => ["scheduled", verb, "operator", "scheduled"] as const),
  ["scheduled", "cancel", "operator", "cancelled"],
  ["scheduled", "open", "clock", "open"],
  ...CHANGING.map((verb) => ["open", verb, "operator", "open"] as const),
  ["open", "close", "clock", "closed"],
  ["closed", "archive", "clock", "archived"],
];

const key = (by: string): readonly Row<KeyState, KeyVerb>[] => [
  ["current", "suspend", by, "suspended"],
  ["current", "revoke", by, "revoked"],
  ["suspended", "reinstate", by, "current"],
  ["suspended", "revoke", by, "revoked"],
];
const ATTESTATION: readonly Row<KeyState, KeyVerb>[] = [
  ...key("attester"),
  ["current", "renew", "attester", "current"],
  ["revoked", "give", "attester", "current"],
];
/** A key is given again, a card put right, a paused campaign changed and resumed. */
const ANEW: readonly string[] = ["give", "revise", "edit", "resume"];
const KEY_STATES: readonly KeyState[] = ["current", "suspended", "revoked"];
const KEY_VERBS: readonly KeyVerb[] = ["give", "renew", "suspend", "reinstate", "revoke"];

describe.each<readonly [string, Machine<string, string>, readonly Row<string, string>[], readonly string[], readonly string[]]>([
  ["an application", APPLICATION_MACHINE, APPLICATION, APPLICATION_STATES, APPLICATION_VERBS],
  ["an attestation", ATTESTATION_MACHINE, ATTESTATION, KEY_STATES, KEY_VERBS],
  ["a grant", GRANT_MACHINE, key("reviewer"), KEY_STATES, KEY_VERBS],
  ["a campaign", CAMPAIGN_MACHINE, CAMPAIGN, ["active", "paused"], ["edit", "pause", "resume"]],
  [
    "a card",
    CARD_MACHINE,
    CARD,
    ["pending", "approved", "changes-requested", "denied"],
    ["approve", "deny", "request-changes", "revise", "adjust"],
  ],
  [
    "a season",
    SEASON_MACHINE,
    SEASON,
    ["draft", "scheduled", "open", "closed", "archived", "cancelled"],
    ["edit", "propose", "withdraw-proposal", "publish", "cancel", "close-early", "open", "close", "archive"],
  ],
])("%s", (_thing, machine, rows, states, verbs) => {
  const pairs = states.flatMap((state) => verbs.map((verb) => [state, verb] as const));

  test("has the states and the arrows that are drawn, and none more", () => {
    expect(Object.keys(machine).sort()).toEqual([...states].sort());
    const arrows = Object.entries(machine).flatMap(([from, steps]) =>
      Object.entries(steps).map(([verb, step]) => [from, verb, step?.by, step?.to].join(" ")),
    );
    expect(arrows.sort()).toEqual(rows.map((row) => row.join(" ")).sort());
  });

  test.each(pairs)("that is %s: %s leads where it is drawn to, or nowhere", (state, verb) => {
    const row = rows.find(([from, by]) => from === state && by === verb);
    if (row) {
      expect(next(machine, state, verb)).toBe(row[3]);
      return;
    }
    const possible = rows.filter(([from]) => from === state).map(([, each]) => each);
    expect(refusalOf(() => next(machine, state, verb))).toEqual({
      code: "wrong-state",
      reasons: [
        {
          code: `${verb}-not-possible`,
          field: "",
          detail: `It is ${state}; possible from here: ${possible.length > 0 ? possible.join(", ") : "nothing"}.`,
        },
      ],
    });
  });

  test("reaches every state from its first, and nothing leads out of its last but what begins anew", () => {
    const reached = new Set([states[0]]);
    for (let size = 0; size !== reached.size; ) {
      size = reached.size;
      for (const [from, , , to] of rows) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].sort()).toEqual([...states].sort());
    expect(rows.filter(([from, verb]) => from === states.at(-1) && !ANEW.includes(verb))).toEqual([]);
  });
});
