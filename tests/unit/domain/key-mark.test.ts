import { describe, expect, test } from "@jest/globals";
import { decide } from "../../../lib/domain/decision.ts";
import { type KeyMark, marksOf, settled, withheldBy, withholding } from "../../../lib/domain/key-mark.ts";
import { reasonsOf, type Serving } from "../../../lib/domain/serving.ts";
import { servingIndex } from "../../../lib/domain/serving-index.ts";
import { type Snapshot, serve } from "../../../lib/domain/snapshot.ts";
import { GUARD_BAND_MS } from "../../../lib/domain/window.ts";
import {
  attestation,
  campaign,
  frozen,
  grant,
  HOUR,
  OPENING,
  SEASON_END,
  season,
  servedCampaign,
  servedCard,
  servedSnapshot,
} from "./fixtures.ts";

const SUSPENDED = { state: "suspended", version: 2 } as const;
const mark = (over: Partial<KeyMark> = {}): KeyMark => ({
  surface: "wechat-moments",
  season: "618-2024",
  brand: "brd_1",
  subject: "grant/grt_1",
  version: 2,
  from: 0,
  ...over,
});
const ATTESTATION = mark({ subject: "attestation/app_1" });

describe("a change marks a key", () => {
  test("that is suspended or revoked, on each of its surfaces, under the version it then has", () => {
    for (const state of ["suspended", "revoked"] as const) {
      expect(marksOf(grant({ state, version: 7 }), undefined)).toEqual([mark({ version: 7 })]);
      expect(marksOf(attestation({ state, version: 7, surfaces: ["moments", "channels"] }), undefined)).toEqual(
        ["moments", "channels"].map((surface) => mark({ surface, subject: "attestation/app_1", version: 7 })),
      );
    }
  });

  test("of which a part is taken away: a phase, a template, or the time after its new end", () => {
    const wide = grant({ templates: ["310", "450"] });
    expect(marksOf(grant({ templates: ["310", "450"], phases: ["wave-2"], version: 2 }), wide)).toEqual([mark()]);
    expect(marksOf(grant({ version: 2 }), wide)).toEqual([mark()]);
    expect(marksOf(grant({ templates: ["310", "450"], expiresAt: OPENING, version: 2 }), wide)).toEqual([mark({ from: OPENING })]);
    expect(marksOf(attestation({ expiresAt: OPENING, version: 2 }), attestation())).toEqual([{ ...ATTESTATION, from: OPENING }]);
  });

  test("and not one that is given, given back, or made wider", () => {
    expect(marksOf(grant(), undefined)).toEqual([]);
    expect(marksOf(attestation(), undefined)).toEqual([]);
    expect(marksOf(grant({ version: 3 }), grant(SUSPENDED))).toEqual([]);
    expect(marksOf(grant({ templates: ["450", "310"], phases: ["wave-2", "wave-1"], version: 2 }), grant())).toEqual([]);
    expect(marksOf(attestation({ expiresAt: SEASON_END + 1, version: 2 }), attestation())).toEqual([]);
  });
});

/** Two brands: keys 0, 1 and 2 are the first's attestation and grants, 3 and 4 the second's. */
const lineup = (of: { readonly version?: number } = {}) => ({
  attestations: [attestation(of), attestation({ application: "app_2", brand: "brd_2" })],
  grants: [grant(of), grant({ id: "grt_1b" }), grant({ id: "grt_2", brand: "brd_2", application: "app_2" })],
  campaigns: [campaign()],
  cards: [],
});
const snapshot = (of: { readonly version?: number } = {}): Snapshot =>
  frozen(servedSnapshot([serve(season(), lineup(of)), serve(season({ id: "618-2025" }), lineup(of))]));
const AT = OPENING + HOUR / 2;

describe("marks hold back, of a published snapshot,", () => {
  test("nothing when there are none, and it is the same snapshot", () => {
    const published = snapshot();
    expect(withheldBy(published, [], AT)).toEqual([]);
    expect(withholding(published, [])).toBe(published);
  });

  test("the keys they name, of their season and brand, at an earlier version than theirs", () => {
    expect(withheldBy(snapshot(), [mark()], AT)).toEqual([1]);
    expect(withheldBy(snapshot(), [ATTESTATION, mark({ subject: "grant/grt_1b" })], AT)).toEqual([0, 2]);
    expect(withheldBy(snapshot(), [mark({ season: "618-2025" })], AT)).toEqual([6]);
    for (const other of [{ brand: "brd_2" }, { season: "d11-2024" }, { subject: "grant/grt_9" }, { subject: "attestation/app_0" }])
      expect(withheldBy(snapshot(), [mark(other)], AT)).toEqual([]);
  });

  test("nothing that has been published at their version or a newer one", () => {
    expect(withheldBy(snapshot({ version: 2 }), [mark(), ATTESTATION], AT)).toEqual([]);
    expect(withheldBy(snapshot({ version: 3 }), [mark(), ATTESTATION], AT)).toEqual([]);
    expect(withheldBy(snapshot({ version: 2 }), [mark(), mark({ version: 3 })], AT)).toEqual([1]);
  });

  test("what was shortened from its new end on, the guard band early, and not before", () => {
    const shortened = [mark({ from: AT })];
    expect(withheldBy(snapshot(), shortened, AT - GUARD_BAND_MS - 1)).toEqual([]);
    expect(withheldBy(snapshot(), shortened, AT - GUARD_BAND_MS)).toEqual([1]);
  });
});

describe("a key that is held back", () => {
  const serving = (ordinals: readonly number[]): Serving => ({
    snapshot: withholding(snapshot(), ordinals),
    switches: [],
  });
  const reasons = (ordinals: readonly number[], brand: number) => {
    const [now] = serving(ordinals).snapshot.seasons;
    if (!now?.brands[brand]) throw new Error("no such brand");
    return reasonsOf(serving(ordinals), now, now.brands[brand], { at: AT, apps: null, point: 0 });
  };

  test("is not current, whichever it is, and every other key is as it was", () => {
    expect(reasons([], 0)).toEqual(["card-not-approved"]);
    expect(reasons([0], 0)).toEqual(["attestation-missing"]);
    expect(reasons([1], 0)).toEqual(["card-not-approved"]);
    expect(reasons([1, 2], 0)).toEqual(["grant-expired"]);
    expect(reasons([0, 1, 2], 0)).toEqual(["grant-expired", "attestation-missing"]);
    expect(reasons([0, 1, 2], 1)).toEqual(["card-not-approved"]);
    expect(reasons([3], 1)).toEqual(["attestation-missing"]);
  });

  test("names no template any more", () => {
    const campaigns = [servedCampaign({ cards: [servedCard()] })];
    const [first, later] = snapshot().seasons;
    const [one, two] = first?.brands ?? [];
    if (!first || !later || !one || !two) throw new Error("no such brand");
    const carded = servedSnapshot([{ ...first, brands: [{ ...one, campaigns, tiers: ["standard"] }, two] }, later]);
    const shown = (ordinals: readonly number[]) =>
      decide(
        servingIndex({ snapshot: withholding(carded, ordinals), switches: [] })(AT),
        { slots: 1, at: AT, apps: null, point: 0 },
        () => 0,
      ).map((answer) => "placement" in answer);
    expect([shown([]), shown([1]), shown([2]), shown([1, 2]), shown([0])]).toEqual([[true], [true], [true], [false], [false]]);
  });
});

describe("a publication settles", () => {
  const lineups = (version: number) => new Map([["618-2024", lineup({ version })]]);
  const marks = [mark(), ATTESTATION];

  test("marks of keys that its lineups hold at the mark's version or a newer one, and no other", () => {
    expect(settled(marks, lineups(1))).toEqual([]);
    expect(settled(marks, lineups(2))).toEqual(marks);
    expect(settled(marks, lineups(3))).toEqual(marks);
    expect(settled([...marks, mark({ version: 3 })], lineups(2))).toEqual(marks);
  });

  test("marks of an attestation that a later application's has replaced", () => {
    const earlier = mark({ subject: "attestation/app_0", version: 9 });
    expect(settled([earlier], lineups(1))).toEqual([earlier]);
  });

  test("nothing of a season that was not read", () => {
    expect(settled([mark({ season: "d11-2024" })], lineups(9))).toEqual([]);
  });

  test("what it does not hold back any more, and nothing else", () => {
    for (const version of [1, 2, 3]) {
      const left = [mark(), ATTESTATION, mark({ version: 3 })].filter((each) => !settled([each], lineups(version)).includes(each));
      expect(withheldBy(snapshot({ version }), left, AT).length).toBe(
        left.length > 0 ? new Set(left.map(({ subject }) => subject)).size : 0,
      );
    }
  });
});
