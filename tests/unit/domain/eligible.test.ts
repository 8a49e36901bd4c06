import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { eligible, type Standing } from "../../../lib/domain/eligible.ts";
import { type Aim, aimAt } from "../../../lib/domain/kill-switch.ts";
import type { NoAdReason } from "../../../lib/domain/no-ad.ts";
import type { SeasonStatus } from "../../../lib/domain/season.ts";
import { HOUR, OPENING, SEASON_END, UNSTOPPED, WAVES } from "./fixtures.ts";

type Row<T> = readonly [name: string, given: T];

const PUBLISHED: readonly SeasonStatus[] = ["scheduled", "open", "closed"];

/** Each instant with the phase that serves then, or why none does. */
const INSTANTS: readonly Row<{ at: number; open?: string; shut?: NoAdReason }>[] = [
  ["long before", { at: 0, shut: "phase-not-open" }],
  ["1 ms before the opening", { at: OPENING - 1, shut: "phase-not-open" }],
  ["at the opening, in the guard band", { at: OPENING, shut: "phase-not-open" }],
  ["1 ms before the guard band ends", { at: OPENING + 249, shut: "phase-not-open" }],
  ["as the guard band ends", { at: OPENING + 250, open: "wave-1" }],
  ["in the first wave", { at: OPENING + HOUR / 2, open: "wave-1" }],
  ["1 ms before the guard band of its end", { at: OPENING + HOUR - 251, open: "wave-1" }],
  ["as the guard band of its end begins", { at: OPENING + HOUR - 250, shut: "phase-not-open" }],
  ["in the gap", { at: OPENING + 1.5 * HOUR, shut: "phase-not-open" }],
  ["in the second wave", { at: OPENING + 2.5 * HOUR, open: "wave-2" }],
  ["1 ms before the last guard band", { at: SEASON_END - 251, open: "wave-2" }],
  ["as the last guard band begins", { at: SEASON_END - 250, shut: "season-closed" }],
  ["at the end", { at: SEASON_END, shut: "season-closed" }],
  ["long after", { at: SEASON_END + 1_000 * HOUR, shut: "season-closed" }],
];

const BOTH = ["wave-1", "wave-2"];
const OTHER: Readonly<Record<string, string>> = { "wave-1": "wave-2", "wave-2": "wave-1" };

type Held = Standing["grants"][number];
const current = (phases: readonly string[], expiresAt: number): Held => ({ phases, state: "current", expiresAt });

const TURNED = ["suspended", "revoked"] as const;
const held = (state: Held["state"], at: number): Held => ({ ...current(BOTH, at + HOUR), state });
const other = (open: string | undefined) => [OTHER[open ?? ""] ?? "wave-1"];

/** Each grant by the instant and the open phase, with the reason it gives when a phase is open and when none is. */
const GRANTS: readonly Row<{
  of: (at: number, open: string | undefined) => readonly Held[];
  open?: NoAdReason;
  shut?: NoAdReason;
}>[] = [
  ["no grant", { of: () => [], open: "brand-not-whitelisted", shut: "brand-not-whitelisted" }],
  ["a grant to all phases", { of: (at) => [current(BOTH, at + HOUR)] }],
  ["a grant 251 ms from its end", { of: (at) => [current(BOTH, at + 251)] }],
  ["a grant within its guard band", { of: (at) => [current(BOTH, at + 250)], open: "grant-expired", shut: "grant-expired" }],
  ["an expired grant", { of: (at) => [current(BOTH, at)], open: "grant-expired", shut: "grant-expired" }],
  ["a grant to the other phase", { of: (at, open) => [current(other(open), at + HOUR)], open: "brand-not-whitelisted" }],
  [
    "an expired grant to the other phase",
    {
      of: (at, open) => [current(other(open), at)],
      open: "brand-not-whitelisted",
      shut: "grant-expired",
    },
  ],
  ["a grant to no phase", { of: (at) => [current([], at + HOUR)], open: "brand-not-whitelisted" }],
  ["a suspended grant", { of: (at) => [held("suspended", at)], open: "grant-expired", shut: "grant-expired" }],
  ["a revoked grant", { of: (at) => [held("revoked", at)], open: "grant-expired", shut: "grant-expired" }],
  ["a suspended and a revoked grant", { of: (at) => TURNED.map((state) => held(state, at)), open: "grant-expired", shut: "grant-expired" }],
  ["one grant for each phase", { of: (at) => BOTH.map((phase) => current([phase], at + HOUR)) }],
  ["a revoked grant, and a current one beside it", { of: (at) => [held("revoked", at), current(BOTH, at + HOUR)] }],
  ["an expired grant, and a current one behind it", { of: (at) => [current(BOTH, at), current(BOTH, at + HOUR)] }],
  [
    "a suspended grant, and a current one to the other phase",
    { of: (at, open) => [held("suspended", at), current(other(open), at + HOUR)], open: "grant-expired" },
  ],
];

const ATTESTATIONS: readonly Row<{ of: (at: number) => Standing["attestation"]; reason?: NoAdReason }>[] = [
  ["no attestation", { of: () => null, reason: "attestation-missing" }],
  ["a current attestation", { of: (at) => ({ state: "current", expiresAt: at + HOUR }) }],
  ["an attestation 251 ms from its end", { of: (at) => ({ state: "current", expiresAt: at + 251 }) }],
  ["an attestation within its guard band", { of: (at) => ({ state: "current", expiresAt: at + 250 }), reason: "attestation-missing" }],
  ["an expired attestation", { of: (at) => ({ state: "current", expiresAt: at }), reason: "attestation-missing" }],
  ["a suspended attestation", { of: (at) => ({ state: "suspended", expiresAt: at + HOUR }), reason: "attestation-missing" }],
  ["a revoked attestation", { of: (at) => ({ state: "revoked", expiresAt: at + HOUR }), reason: "attestation-missing" }],
];

const told = (...reasons: (NoAdReason | undefined)[]) => reasons.filter((reason) => reason !== undefined);
const GRANTS_AND_ATTESTATIONS = GRANTS.flatMap((grant) => ATTESTATIONS.map((attestation) => ({ grant, attestation })));

describe.each(INSTANTS)("%s", (_when, { at, open, shut }) => {
  test.each(GRANTS)("with %s", (_grant, grant) => {
    for (const [_name, attestation] of ATTESTATIONS) {
      const standing = { grants: grant.of(at, open), attestation: attestation.of(at) };
      const expected = told(shut, open ? grant.open : grant.shut, attestation.reason);
      for (const status of PUBLISHED)
        expect({ status, ...eligible({ ...UNSTOPPED, ...standing, season: { phases: WAVES, status } }, at) }).toEqual({
          status,
          eligible: expected.length === 0,
          reasons: expected,
        });
    }
  });

  test("a draft stays shut, whatever the keys", () => {
    for (const { grant, attestation } of GRANTS_AND_ATTESTATIONS) {
      const standing = { grants: grant[1].of(at, undefined), attestation: attestation[1].of(at) };
      const expected = told(shut ?? "phase-not-open", grant[1].shut, attestation[1].reason);
      expect(eligible({ ...UNSTOPPED, ...standing, season: { phases: WAVES, status: "draft" } }, at)).toEqual({
        eligible: false,
        reasons: expected,
      });
    }
  });
});

describe("a switch", () => {
  const standing = {
    season: { phases: WAVES, status: "open" as const },
    grants: [{ phases: BOTH, state: "current" as const, expiresAt: SEASON_END }],
    attestation: { state: "current" as const, expiresAt: SEASON_END },
  };
  const thrown = (aim: Partial<Aim>) => [{ id: "swt", owner: "wechat", level: "host", aim: aimAt(aim) }] as const;
  const reasonsAt = (at: number, aim: Partial<Aim>) => eligible({ ...UNSTOPPED, ...standing, switches: thrown(aim) }, at).reasons;

  test.each(Object.entries({ ...UNSTOPPED.place, phase: "wave-1" }))(
    "on its %s takes a brand's permission away, and on another's does not",
    (part, value) => {
      expect(reasonsAt(OPENING + 1_000, { [part]: value })).toEqual(["kill-switch"]);
      expect(reasonsAt(OPENING + 1_000, { [part]: "another" })).toEqual([]);
    },
  );

  test("on a card, a campaign or a link leaves the brand its permission", () => {
    for (const aim of [{ card: "crd_1" }, { campaign: "cmp_1" }, { linkKind: "app" as const }])
      expect(reasonsAt(OPENING + 1_000, aim)).toEqual([]);
  });

  test("is told beside the other reasons", () => {
    expect(reasonsAt(OPENING - 1, { host: "wechat" })).toEqual(["phase-not-open", "kill-switch"]);
  });
});

test("eligible exactly when every condition holds by itself", () => {
  const near = (instant: number) => fc.integer({ min: -600, max: 600 }).map((ms) => instant + ms);
  const instants = fc.oneof(
    ...[OPENING, OPENING + HOUR, OPENING + 2 * HOUR, SEASON_END].map(near),
    fc.integer({ min: OPENING, max: SEASON_END }),
  );
  const ids = fc.subarray(BOTH);
  const states = fc.constantFrom("current" as const, "current" as const, "suspended" as const, "revoked" as const);
  fc.assert(
    fc.property(
      instants,
      fc.constantFrom<SeasonStatus>("draft", ...PUBLISHED),
      fc.array(fc.record({ phases: ids, state: states, expiresAt: instants }), { maxLength: 4 }),
      fc.option(fc.record({ state: states, expiresAt: instants })),
      (at, status, grants, attestation) => {
        const conditions = [
          status !== "draft",
          WAVES.some(
            ({ id, opensAt, closesAt }) =>
              at - opensAt >= 250 &&
              closesAt - at > 250 &&
              grants.some(({ phases, state, expiresAt }) => phases.includes(id) && state === "current" && expiresAt - at > 250),
          ),
          attestation !== null && attestation.state === "current" && attestation.expiresAt - at > 250,
        ];
        const found = eligible({ ...UNSTOPPED, season: { phases: WAVES, status }, grants, attestation }, at);
        expect(found.eligible).toBe(conditions.every(Boolean));
        expect(found.eligible).toBe(found.reasons.length === 0);
        expect(new Set(found.reasons).size).toBe(found.reasons.length);
      },
    ),
    { numRuns: 2_000 },
  );
});
