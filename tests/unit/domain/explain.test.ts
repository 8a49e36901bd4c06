import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { decide } from "../../../lib/domain/decision.ts";
import { explain, type Moment, type Subject } from "../../../lib/domain/explain.ts";
import { aimAt } from "../../../lib/domain/kill-switch.ts";
import { NO_AD } from "../../../lib/domain/no-ad.ts";
import { CARD_WORDS, REASON_WORDS } from "../../../lib/domain/reason-words.ts";
import { type Placement, servingIndex } from "../../../lib/domain/serving-index.ts";
import { seeded, servedAttestation, servedBrand, servedGrant, servedSnapshot } from "./fixtures.ts";
import { BRANDS, instants, START, servings, shortSeason } from "./servings.ts";

const unknown = shortSeason("now", START, { status: "draft" });
const subjectOf = (brand: string, season = unknown): Subject => ({ season, brand });
const always = (serving: Moment["serving"]): [Moment] => [{ from: Number.NEGATIVE_INFINITY, serving }];

/** Every season and brand of a serving, and one brand that it does not know. */
const subjectsOf = ({ snapshot }: Moment["serving"]) =>
  snapshot.seasons.flatMap((season) => [...BRANDS, "nobody"].map((brand) => subjectOf(brand, season)));

describe("at any instant", () => {
  test("a brand is said to be live exactly when decisions show it, and its cards those that they show", () => {
    const counts = { live: 0, not: 0 };
    fc.assert(
      fc.property(servings, fc.noBias(instants), fc.integer(), (serving, at, seed) => {
        const shown = new Set<string>();
        const random = seeded(seed);
        const live = servingIndex(serving)(at);
        const nameOf = ({ season, brand, card }: Placement) => `${season.id} ${brand} ${card.campaign} ${card.id}`;
        // What was shown once is held back from then on, until nothing is left: so all that can be shown is, however little it weighs.
        const holds = (placement: Placement) => (shown.has(nameOf(placement)) ? ("fair-share-hold" as const) : null);
        const ask = { slots: 10, at, apps: ["tmall", "taobao"], point: 0, holds };
        const next = () => decide(live, ask, random).flatMap((answer) => ("placement" in answer ? [nameOf(answer.placement)] : []));
        for (let found = next(); found.length > 0; found = next()) for (const name of found) shown.add(name);
        for (const subject of subjectsOf(serving)) {
          const { live, reasons, cards } = explain(always(serving), subject, at);
          const name = `${subject.season.id} ${subject.brand}`;
          const served = cards.filter((card) => live && card.reason === null).map(({ campaign, card }) => `${name} ${campaign} ${card}`);
          expect([...shown].filter((each) => each.startsWith(`${name} `)).sort()).toEqual([...new Set(served)].sort());
          expect(live).toBe(reasons.length === 0);
          expect(live).toBe(served.length > 0);
          counts[live ? "live" : "not"]++;
        }
      }),
      { numRuns: 100, seed: 618 },
    );
    expect(Math.min(counts.live, counts.not)).toBeGreaterThan(40);
  });

  /** At every millisecond that could matter: around each instant that the data names, and far from all of them. */
  const everywhere = (moments: readonly Moment[], at: number) => {
    const named = moments.flatMap(({ from, serving: { snapshot } }) => [
      from,
      ...[...JSON.stringify(snapshot).matchAll(/"(?:opensAt|closesAt|expiresAt|from)":(\d+)/g)].map(([, digits]) => Number(digits)),
    ]);
    const near = named.flatMap((instant) => [-251, -250, -249, -1, 0, 1, 249, 250, 251].map((ms) => instant + ms));
    const between = Array.from({ length: 60 }, (_, index) => START - 2_000 + index * 571);
    return [...new Set([...near, ...between])]
      .filter((instant) => instant > at && Number.isFinite(instant))
      .sort((one, other) => one - other);
  };

  const course = fc
    .tuple(servings, fc.array(fc.tuple(instants, servings), { maxLength: 3 }))
    .map(([first, later]): [Moment, ...Moment[]] => {
      const rest = later.map(([from, serving]) => ({ from, serving })).sort((one, other) => one.from - other.from);
      return [{ from: START - 1_000, serving: first }, ...rest];
    });

  test("the answer stays until the instant that is named, and is another one then", () => {
    const counts = { changes: 0, stays: 0 };
    fc.assert(
      fc.property(course, instants, fc.constantFrom(...BRANDS, "nobody"), fc.constantFrom("now", "next"), (moments, at, brand, id) => {
        const subject = subjectOf(brand, shortSeason(id, START, { status: "draft" }));
        const answerAt = (instant: number) => {
          const { changesAt: _changesAt, ...answer } = explain(moments, subject, instant);
          return answer;
        };
        const { changesAt, ...answer } = explain(moments, subject, at);
        for (const instant of everywhere(moments, at)) {
          if (changesAt !== null && instant >= changesAt) break;
          expect({ instant, ...answerAt(instant) }).toEqual({ instant, ...answer });
        }
        if (changesAt === null) counts.stays++;
        else {
          expect(answerAt(changesAt)).not.toEqual(answer);
          expect(answerAt(changesAt - 1)).toEqual(answer);
          counts.changes++;
        }
      }),
      { numRuns: 300, seed: 618 },
    );
    expect(Math.min(counts.changes, counts.stays)).toBeGreaterThan(25);
  });
});

describe("what is said of", () => {
  const brand = servedBrand("a", {
    grants: [servedGrant({ phases: ["p1", "p2"], expiresAt: START + 30_000 })],
    attestation: servedAttestation({ expiresAt: START + 30_000 }),
    campaigns: [],
  });
  const serving = (switches: Moment["serving"]["switches"] = []): Moment["serving"] => ({
    switches,
    snapshot: servedSnapshot([shortSeason("now", START, { brands: [brand] })]),
  });

  test("a brand without a grant: that it has none, from then on", () => {
    expect(explain(always(serving()), subjectOf("b"), START + 1_000)).toEqual({
      live: false,
      phase: "p1",
      reasons: ["brand-not-whitelisted", "attestation-missing"],
      cards: [],
      changesAt: START + 4_000 - 250,
    });
  });

  test("one in no window: every reason, and when the window opens, guard band and all", () => {
    expect(explain(always(serving()), subjectOf("a"), START - 5_000)).toMatchObject({
      reasons: ["phase-not-open"],
      changesAt: START + 250,
    });
  });

  test("one that is stopped: the switch beside whatever else is in the way", () => {
    const stop = { id: "swt", owner: "wechat", level: "brand", aim: aimAt({ host: "wechat", brand: "a" }) } as const;
    expect(explain(always(serving([stop])), subjectOf("a"), START + 1_000).reasons).toEqual(["kill-switch"]);
    expect(explain(always(serving([stop])), subjectOf("a"), START - 1_000).reasons).toEqual(["phase-not-open", "kill-switch"]);
  });

  test("a season that is not in the snapshot: what is known of its windows", () => {
    const nothing = { ...serving(), snapshot: servedSnapshot([]) };
    expect(explain(always(nothing), subjectOf("a"), START + 1_000)).toMatchObject({
      live: false,
      reasons: ["phase-not-open", "brand-not-whitelisted", "attestation-missing"],
    });
    expect(explain(always(nothing), subjectOf("a"), START + 9_000)).toMatchObject({
      reasons: ["season-closed", "brand-not-whitelisted", "attestation-missing"],
      changesAt: null,
    });
  });
});

test("every reason has words in both languages, and none is said twice", () => {
  expect(Object.keys(REASON_WORDS).sort()).toEqual(Object.keys(NO_AD).sort());
  const words = [...Object.values(REASON_WORDS).flatMap(({ says, remedy }) => [says, remedy]), ...Object.values(CARD_WORDS)];
  for (const { en, zh } of words) {
    expect(en).toMatch(/^[A-Z].+\.$/);
    expect(zh).toMatch(/\p{Script=Han}.*。$/u);
  }
  expect(new Set(words.map(({ en }) => en)).size).toBe(words.length);
  expect(new Set(words.map(({ zh }) => zh)).size).toBe(words.length);
});
