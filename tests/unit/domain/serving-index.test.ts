import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type Ask, decide } from "../../../lib/domain/decision.ts";
import { aimAt } from "../../../lib/domain/kill-switch.ts";
import type { NoAdReason } from "../../../lib/domain/no-ad.ts";
import { inRing, shareOf } from "../../../lib/domain/ring.ts";
import { NOBODY, nearest, reasonsOf, type Serving, standingOf, type Viewing, weighCards } from "../../../lib/domain/serving.ts";
import { against, EVEN, type Live, type Placement, type Shares, servingIndex, TIERS } from "../../../lib/domain/serving-index.ts";
import type { ServedBrand, ServedCard, ServedSeason, Tier } from "../../../lib/domain/snapshot.ts";
import {
  frozen,
  HOUR,
  OPENING,
  seeded,
  servedBrand,
  servedCampaign,
  servedCard,
  servedGrant,
  servedSeason,
  servedSnapshot,
} from "./fixtures.ts";
import { instants, START, servings } from "./servings.ts";

/** Every brand of a serving, in each of its seasons. */
const everyBrand = ({ snapshot }: Serving) => snapshot.seasons.flatMap((season) => season.brands.map((brand) => ({ season, brand })));

/** `season brand campaign card` of each card that may be shown, by the rules that are asked one brand at a time. */
const shownByRule = (serving: Serving, viewing: Viewing, tier: Tier): string[] =>
  everyBrand(serving).flatMap(({ season, brand }) => {
    if (reasonsOf(serving, season, brand, viewing).length > 0) return [];
    const inTier = brand.campaigns.filter((campaign) => campaign.tier === tier).map(({ id }) => id);
    return weighCards(serving, season, brand, viewing).flatMap(({ card, reason }) =>
      reason === null && inTier.includes(card.campaign) ? [`${season.id} ${brand.brand} ${card.campaign} ${card.id}`] : [],
    );
  });

const nameOf = ({ season, brand, campaign, card }: Placement) => `${season.id} ${brand} ${campaign.id} ${card.id}`;

/** The same by what is live: the tier's brands that hold the viewer, and of each the cards that nothing is against. */
const shownByIndex = ({ tiers }: Live, viewing: Viewing, tier: Tier): string[] =>
  tiers.flatMap(({ brands }) =>
    brands
      .filter(({ ring }) => inRing(ring, viewing.point))
      .flatMap(({ cards }) => cards.placements.filter((_, index) => against(cards, index, viewing) === null))
      .filter(({ campaign }) => campaign.tier === tier)
      .map(nameOf),
  );

const viewer = fc.record({
  apps: fc.constantFrom<string[] | null>(null, [], ["tmall"], ["taobao", "a-bank"]),
  point: fc.constantFrom(0, 1, 4_999, 5_000, 9_999),
});

describe("whatever is served, at instants in any order, and whoever views", () => {
  test("the index shows the brands and cards that the rules let through, tier by tier, and no other", () => {
    const counts = { standard: 0, house: 0, none: 0 };
    fc.assert(
      fc.property(servings, fc.array(fc.tuple(fc.noBias(instants), viewer), { minLength: 2, maxLength: 12 }), (serving, views) => {
        const liveAt = servingIndex(serving);
        for (const [at, who] of views) {
          const viewing = { at, ...who };
          const live = liveAt(at);
          expect(live.from <= at && at < live.until).toBe(true);
          for (const tier of TIERS) {
            const shown = shownByRule(serving, viewing, tier);
            expect({ at, shown: shownByIndex(live, viewing, tier).sort() }).toEqual({ at, shown: [...shown].sort() });
            counts[shown.length > 0 ? tier : "none"]++;
          }
        }
      }),
      { numRuns: 1_000, seed: 618 },
    );
    expect(Math.min(counts.standard, counts.house, counts.none)).toBeGreaterThan(500);
  });

  test("permission changes at no instant but those at which what is live ends", () => {
    const changes = { seen: 0 };
    fc.assert(
      fc.property(servings, (serving) => {
        const permitted = (at: number) =>
          JSON.stringify(
            everyBrand(serving).map(({ season, brand }) => [
              standingOf(serving, season, brand, at).eligible,
              shareOf(season, brand.brand, at),
            ]),
          );
        const liveAt = servingIndex(serving);
        for (let at = START - 2_000; at < START + 32_000; ) {
          const { until } = liveAt(at);
          const end = Math.min(until, START + 32_000);
          for (const later of [(at + end) >> 1, end - 1]) expect(permitted(later)).toBe(permitted(at));
          if (permitted(end) !== permitted(at)) changes.seen++;
          at = end;
        }
      }),
      { numRuns: 200, seed: 618 },
    );
    expect(changes.seen).toBeGreaterThan(400);
  });

  test("a decision shows the first tier that has something, each brand once, and leaves no slot empty that a brand is left for", () => {
    const counts = { standard: 0, house: 0 };
    fc.assert(
      fc.property(servings, fc.noBias(instants), viewer, fc.integer({ min: 1, max: 10 }), fc.integer(), (serving, at, who, slots, seed) => {
        const viewing = { at, ...who };
        const left = TIERS.map((tier) => new Set(shownByRule(serving, viewing, tier)));
        const brandOf = (name: string) => name.split(" ")[1];
        for (const answer of decide(servingIndex(serving)(at), { ...viewing, slots }, seeded(seed))) {
          const first = left.findIndex((names) => names.size > 0);
          if (!("placement" in answer)) {
            expect(first).toBe(-1);
            continue;
          }
          const name = nameOf(answer.placement);
          expect(left[first]).toContain(name);
          counts[answer.placement.campaign.tier]++;
          for (const names of left) for (const each of names) if (brandOf(each) === brandOf(name)) names.delete(each);
        }
      }),
      { numRuns: 1_000, seed: 618 },
    );
    expect(Math.min(counts.standard, counts.house)).toBeGreaterThan(100);
  });

  test("the reason of an empty answer is the nearest miss of the rules, also for who stands outside a ring", () => {
    const counts = new Map<NoAdReason, number>();
    fc.assert(
      fc.property(servings, fc.noBias(instants), viewer, fc.integer(), (serving, at, who, seed) => {
        const { seasons } = serving.snapshot;
        const viewing = { at, ...who };
        const [answer] = decide(servingIndex(serving)(at), { ...viewing, slots: 1 }, seeded(seed));
        if (!answer || "placement" in answer) return;
        const misses = seasons.flatMap((season) => {
          const open = standingOf(serving, season, NOBODY, at).reasons[0];
          const closed = open === "season-closed" || open === "phase-not-open" || season.brands.length === 0;
          return closed ? [open] : season.brands.map((brand) => reasonsOf(serving, season, brand, viewing)[0]);
        });
        expect(answer.noAd).toBe(nearest(new Set(misses.filter((miss) => miss !== undefined))));
        counts.set(answer.noAd, (counts.get(answer.noAd) ?? 0) + 1);
      }),
      { numRuns: 2_000, seed: 618 },
    );
    for (const reason of ["season-closed", "phase-not-open", "card-not-approved", "kill-switch", "outside-trial-ring"] as const)
      expect({ reason, often: (counts.get(reason) ?? 0) > 5 }).toEqual({ reason, often: true });
  });
});

const AT = OPENING + HOUR / 2;

test("of a card that is stopped, time is told before the switch, as the rules do", () => {
  const stop = { id: "swt", owner: "wechat", level: "card", aim: aimAt({ host: "wechat", card: "stopped" }) } as const;
  const window = { opensAt: AT, closesAt: AT + 60_000 };
  const season = servedSeason([brandWith("a", { cards: [servedCard({ id: "stopped", window })] })]);
  const serving = { snapshot: servedSnapshot([season]), switches: [stop] };
  const liveAt = servingIndex(serving);
  for (const [at, reason] of [
    [AT, "card-not-approved"],
    [AT + 1_000, "kill-switch"],
    [AT + 60_000, "card-not-approved"],
  ] as const) {
    expect(decide(liveAt(at), ask({ at }), seeded(1))).toEqual([{ noAd: reason }]);
    for (const brand of season.brands) expect(reasonsOf(serving, season, brand, { at, apps: null, point: 0 })).toEqual([reason]);
  }
});

const of = (brands: readonly ServedBrand[], over: Partial<ServedSeason> = {}): Serving =>
  frozen({ snapshot: servedSnapshot([servedSeason(brands, over)]), switches: [] });
const cards = (weights: readonly number[], over: Partial<ServedCard> = {}) =>
  weights.map((weight, index) => servedCard({ id: `c${index}`, weight, ...over }));
const brandWith = (name: string, ...campaigns: Parameters<typeof servedCampaign>[0][]) =>
  servedBrand(name, { campaigns: campaigns.map((each, index) => servedCampaign({ id: `m${index}`, ...each })) });
const ask = (over: Partial<Ask> = {}): Ask => ({ slots: 1, at: AT, apps: [], point: 0, ...over });

/** How often each was shown in the first slot, of so many decisions, by `name`. */
function shares(live: Live, of: Ask, name: (placement: Placement) => string, rounds = 20_000): Map<string, number> {
  const random = seeded(618);
  const counts = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const [answer] = decide(live, of, random);
    const who = answer && "placement" in answer ? name(answer.placement) : "none";
    counts.set(who, (counts.get(who) ?? 0) + 1 / rounds);
  }
  return counts;
}

/** Half the sum of the distances (total variation): of 20,000 draws among at most eight it stays below 0.015 but once in 10,000. */
function expectShares(found: ReadonlyMap<string, number>, weights: Readonly<Record<string, number>>): void {
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
  expect([...found.keys()].sort()).toEqual(
    Object.keys(weights)
      .filter((name) => weights[name] !== 0)
      .sort(),
  );
  const distance = Object.entries(weights).reduce((all, [name, weight]) => all + Math.abs((found.get(name) ?? 0) - weight / sum), 0) / 2;
  expect(distance).toBeLessThan(0.015);
}

const byBrand = ({ brand }: Placement) => brand;
const byCard = ({ campaign, card }: Placement) => `${campaign.id} ${card.id}`;

describe("by weight, of 20,000 decisions", () => {
  test("brands share evenly, however many cards they have and whatever those weigh", () => {
    const rich = brandWith("rich", { weight: 1_000, cards: cards([1_000, 5, 70]) }, { weight: 3, cards: cards([1]) });
    const live = servingIndex(of([rich, servedBrand("one"), servedBrand("two")]))(AT);
    expectShares(shares(live, ask(), byBrand), { rich: 1, one: 1, two: 1 });
  });

  test("brands have the shares they are given, and one without any is not shown", () => {
    const given: Shares = (brand) => ({ a: 1, b: 2, c: 5, d: 0 })[brand] ?? 0;
    const serving = of(["a", "b", "c", "d"].map((name) => servedBrand(name)));
    expectShares(shares(servingIndex(serving, given)(AT), ask(), byBrand), { a: 1, b: 2, c: 5, d: 0 });
    expect(EVEN("whoever")).toBe(1);
  });

  test("when only such brands are left that have no share the slot stays empty, and says so", () => {
    const serving = of([servedBrand("a"), servedBrand("b")]);
    expect(decide(servingIndex(serving, () => 0)(AT), ask(), seeded(1))).toEqual([{ noAd: "fair-share-hold" }]);
    const one = decide(servingIndex(serving, (brand) => (brand === "a" ? 1 : 0))(AT), ask({ slots: 2 }), seeded(1));
    expect(one).toMatchObject([{ placement: { brand: "a" } }, { noAd: "fair-share-hold" }]);
  });

  test("a brand's campaigns share by their weights, and the cards of each by theirs", () => {
    const two = brandWith("a", { weight: 300, cards: cards([10, 30]) }, { weight: 100, cards: cards([7, 7]) });
    const live = servingIndex(of([two]))(AT);
    expectShares(shares(live, ask(), byCard), { "m0 c0": 3 / 4, "m0 c1": 9 / 4, "m1 c0": 1 / 2, "m1 c1": 1 / 2 });
  });

  test("a campaign's share goes to those of its cards that may be shown", () => {
    const ungranted = servedCard({ id: "ungranted", template: "450", weight: 10_000 });
    const two = brandWith("a", { weight: 300, cards: [...cards([1]), ungranted] }, { weight: 100, cards: cards([1]) });
    expectShares(shares(servingIndex(of([two]))(AT), ask(), byCard), { "m0 c0": 3, "m1 c0": 1 });
  });

  test("brands that may not be shown to the viewer leave the others' shares as they are to each other", () => {
    const given: Shares = (brand) => ({ a: 1, b: 2, c: 5, over: 8 })[brand] ?? 0;
    const window = { opensAt: OPENING, closesAt: OPENING + 1_000 };
    const over = brandWith("over", { cards: cards([1, 1], { window }) });
    const limits = { complaints: null, failingLinks: null, latencyMs: null };
    const rings = [{ brand: "c", steps: [{ from: OPENING, share: 100 }], limits }];
    const live = servingIndex(of([...["a", "b", "c"].map((name) => servedBrand(name)), over], { rings }), given)(AT);
    expectShares(shares(live, ask({ point: 99 }), byBrand), { a: 1, b: 2, c: 5 });
    expectShares(shares(live, ask({ point: 100 }), byBrand), { a: 1, b: 2 });
  });

  test("what is held from the viewer leaves the others' shares as they are to each other", () => {
    const given: Shares = (brand) => ({ a: 1, b: 2, c: 5 })[brand] ?? 0;
    const live = servingIndex(of(["a", "b", "c"].map((name) => servedBrand(name))), given)(AT);
    const holding = (held: string) => ask({ holds: ({ brand }) => (brand === held ? "fair-share-hold" : null) });
    expectShares(shares(live, holding("c"), byBrand), { a: 1, b: 2 });
    expectShares(shares(live, holding("b"), byBrand), { a: 1, c: 5 });
    const three = servingIndex(of([brandWith("a", { cards: cards([1, 3, 60]) })]))(AT);
    expectShares(shares(three, ask({ holds: ({ card }) => (card.id === "c2" ? "fair-share-hold" : null) }), byCard), {
      "m0 c0": 1,
      "m0 c1": 3,
    });
  });
});

describe("what chance does not find is found all the same, by the same shares:", () => {
  /** One brand, or card, that is drawn next to always, and may not be shown. */
  const HEAVY = 1e9;

  test("a brand beside one that has nearly all of the shares and is held", () => {
    const given: Shares = (brand) => ({ a: 1, b: 3, heavy: HEAVY })[brand] ?? 0;
    const live = servingIndex(of(["a", "b", "heavy"].map((name) => servedBrand(name))), given)(AT);
    const holds: Ask["holds"] = ({ brand }) => (brand === "heavy" ? "fair-share-hold" : null);
    expectShares(shares(live, ask({ holds }), byBrand), { a: 1, b: 3 });
  });

  test("a card beside one that weighs nearly all and is out of its window", () => {
    const window = { opensAt: OPENING, closesAt: OPENING + 1_000 };
    const heavy = servedCard({ id: "heavy", weight: HEAVY, window });
    const live = servingIndex(of([brandWith("a", { cards: [...cards([1, 3]), heavy] })]))(AT);
    expectShares(shares(live, ask(), byCard), { "m0 c0": 1, "m0 c1": 3 });
  });

  test("the last brand of a slot behind a heavy one that was shown", () => {
    const live = servingIndex(of(["a", "heavy"].map((name) => servedBrand(name))), (brand) => (brand === "heavy" ? HEAVY : 1))(AT);
    for (let seed = 0; seed < 50; seed++) {
      const shown = decide(live, ask({ slots: 3 }), seeded(seed));
      expect(shown).toMatchObject([{ placement: { brand: "heavy" } }, { placement: { brand: "a" } }, { noAd: "slots-exceed-brands" }]);
    }
  });

  test("one card of a hundred brands, when all else is held", () => {
    const names = Array.from({ length: 100 }, (_, index) => `b${index}`);
    const live = servingIndex(of(names.map((name) => brandWith(name, { cards: cards([1, 1]) }))))(AT);
    const holds: Ask["holds"] = ({ brand, card }) => (brand === "b57" && card.id === "c1" ? null : "fair-share-hold");
    for (let seed = 0; seed < 50; seed++)
      expect(decide(live, ask({ holds }), seeded(seed))).toMatchObject([{ placement: { brand: "b57", card: { id: "c1" } } }]);
  });

  test("and when all is held the reason is theirs", () => {
    const live = servingIndex(of(["a", "b"].map((name) => servedBrand(name))))(AT);
    expect(decide(live, ask({ slots: 2, holds: () => "fair-share-hold" }), seeded(1))).toEqual(Array(2).fill({ noAd: "fair-share-hold" }));
  });
});

describe("the house's cards", () => {
  const house = (name: string) => brandWith(name, { tier: "house", cards: cards([1]) });
  const both = brandWith("both", { tier: "house", weight: 1_000, cards: cards([1]) }, { weight: 1, cards: cards([1]) });
  const tierShown = ({ campaign }: Placement) => campaign.tier;

  test("are shown only when no other brand has anything to show", () => {
    const live = servingIndex(of([house("a"), servedBrand("b"), house("c")]))(AT);
    expectShares(shares(live, ask(), byBrand, 200), { b: 1 });
    const answers = decide(live, ask({ slots: 4 }), seeded(1));
    expect(answers.map((answer) => ("placement" in answer ? answer.placement.campaign.tier : answer.noAd))).toEqual([
      "standard",
      "house",
      "house",
      "slots-exceed-brands",
    ]);
    expectShares(shares(servingIndex(of([house("a"), house("c")]))(AT), ask(), byBrand), { a: 1, c: 1 });
  });

  test("of a brand that has others too are shown when those are held, and then not twice", () => {
    const live = servingIndex(of([both]))(AT);
    expectShares(shares(live, ask(), tierShown, 200), { standard: 1 });
    const holds: Ask["holds"] = ({ campaign }) => (campaign.tier === "standard" ? "fair-share-hold" : null);
    expectShares(shares(live, ask({ holds }), tierShown, 200), { house: 1 });
    expect(decide(live, ask({ slots: 2 }), seeded(1))).toMatchObject([
      { placement: { campaign: { tier: "standard" } } },
      { noAd: "slots-exceed-brands" },
    ]);
  });

  test("come before an empty slot also where a standard brand is outside its ring or has no card for now", () => {
    const window = { opensAt: OPENING, closesAt: OPENING + 1_000 };
    const over = brandWith("over", { cards: cards([1], { window }) });
    const live = servingIndex(of([over, house("a")]))(AT);
    expectShares(shares(live, ask(), byBrand, 200), { a: 1 });
  });
});

test("a brand's campaigns are looked at only when it is drawn", () => {
  const looked: string[] = [];
  const lazy = (name: string): ServedBrand => {
    const { campaigns, ...brand } = servedBrand(name);
    return {
      ...brand,
      get campaigns() {
        looked.push(name);
        return campaigns;
      },
    };
  };
  const suspended = { ...lazy("out"), grants: [servedGrant({ state: "suspended" })] };
  looked.length = 0;
  const snapshot = servedSnapshot([servedSeason([lazy("a"), lazy("b"), lazy("c"), suspended])]);
  const live = servingIndex({ snapshot, switches: [] })(AT);
  expect(looked).toEqual([]);
  const [answer] = decide(live, ask(), seeded(1));
  if (!answer || !("placement" in answer)) throw new Error("no card");
  expect(looked).toEqual([answer.placement.brand]);
  decide(live, ask({ slots: 10 }), seeded(2));
  expect([...looked].sort()).toEqual(["a", "b", "c"]);
});

test("what is live is made once for all instants at which it is the same, and again when time goes back", () => {
  const liveAt = servingIndex(of([servedBrand("a")]));
  const live = liveAt(AT);
  expect(liveAt(live.from)).toBe(live);
  expect(liveAt(live.until - 1)).toBe(live);
  const after = liveAt(live.until);
  expect(after).not.toBe(live);
  expect(liveAt(AT)).toEqual({ ...live, tiers: expect.any(Array) });
  expect(live).toMatchObject({ from: OPENING + 250, until: OPENING + HOUR - 250 });
});
