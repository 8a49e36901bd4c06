import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type Ask, decide as decideFrom, type SlotAnswer } from "../../../lib/domain/decision.ts";
import { type Aim, aimAt } from "../../../lib/domain/kill-switch.ts";
import type { NoAdReason } from "../../../lib/domain/no-ad.ts";
import type { SeasonStatus } from "../../../lib/domain/season.ts";
import { pointThatMatters, type Serving } from "../../../lib/domain/serving.ts";
import { type Shares, servingIndex } from "../../../lib/domain/serving-index.ts";
import type { ServedCampaign, ServedCard, ServedSeason, Snapshot } from "../../../lib/domain/snapshot.ts";
import {
  servedBrand as brand,
  frozen,
  servedGrant as grant,
  HOUR,
  OPENING,
  phase,
  SEASON_END,
  servedSeason as season,
  seeded,
  servedAttestation,
  servedCampaign,
  servedCard,
  servedSnapshot,
} from "./fixtures.ts";

const AT = OPENING + HOUR / 2;

const card = (id: string, template = "310", over: Partial<ServedCard> = {}): ServedCard => servedCard({ id, template, ...over });
const campaign = (cards: readonly ServedCard[], over: Partial<ServedCampaign> = {}): ServedCampaign => servedCampaign({ cards, ...over });
const snapshot = (...seasons: ServedSeason[]): Snapshot => servedSnapshot(seasons);
const answersTo = (serving: Serving, ask: Partial<Ask> & Pick<Ask, "slots">, random: () => number, shares?: Shares) => {
  const whole = { at: AT, apps: [], point: 0, ...ask };
  return decideFrom(servingIndex(serving, shares)(whole.at), whole, random);
};
const decide = (of: Snapshot, slots: number, at: number, random: () => number) =>
  answersTo({ snapshot: of, switches: [] }, { slots, at }, random);
const BRANDS = ["ba", "bb", "bc", "bd", "be"].map((name) => brand(name));

const placements = (answers: readonly SlotAnswer[]) => answers.flatMap((answer) => ("placement" in answer ? [answer.placement] : []));
const reasons = (answers: readonly SlotAnswer[]) => answers.flatMap((answer) => ("noAd" in answer ? [answer.noAd] : []));

describe("filling the slots", () => {
  test("a placement says all that counting and routing need", () => {
    const label = { zh: "赞助", en: "Sponsored" };
    const only = campaign([card("x")], { id: "cmp-1", weight: 7 });
    const found = season([brand("ba", { campaigns: [only] })]);
    expect(decide({ ...snapshot(found), label }, 1, AT, seeded(1))).toEqual([
      {
        placement: {
          season: found,
          phase: "wave-1",
          brand: "ba",
          category: only.category,
          grant: "grt",
          campaign: only,
          card: card("x"),
          label,
          ordinal: "0-0",
          isForAnybody: true,
          spot: undefined,
          sight: undefined,
        },
      },
    ]);
  });

  test("the grant of a placement is the current one that names its phase and its card's template", () => {
    const grants = [
      grant({ id: "suspended", state: "suspended" }),
      grant({ id: "over", expiresAt: AT }),
      grant({ id: "another-phase", phases: ["wave-2"] }),
      grant({ id: "another-template", templates: ["450"] }),
      grant({ id: "this" }),
      grant({ id: "as-good" }),
    ];
    expect(placements(decide(snapshot(season([brand("ba", { grants })])), 1, AT, seeded(1)))[0]?.grant).toBe("this");
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("%i slots show each brand at most once and say why the rest stay empty", (slots) => {
    const answers = decide(snapshot(season(BRANDS)), slots, AT, seeded(slots));
    const shown = placements(answers).map((each) => each.brand);
    expect(answers).toHaveLength(slots);
    expect(shown).toHaveLength(Math.min(slots, 5));
    expect(new Set(shown).size).toBe(shown.length);
    expect(reasons(answers)).toEqual(Array(Math.max(0, slots - 5)).fill("slots-exceed-brands"));
  });

  test("a brand in two seasons that are open together is still shown once", () => {
    const twice = snapshot(season([brand("ba")]), season([brand("ba")], { id: "double-11-2024" }));
    expect(placements(decide(twice, 10, AT, seeded(1))).map((each) => each.brand)).toEqual(["ba"]);
  });

  test.each([0, 0.999_999_999_999])("the ends of the random range are as good as its middle: %d", (end) => {
    expect(
      placements(decide(snapshot(season(BRANDS)), 5, AT, () => end))
        .map((each) => each.brand)
        .sort(),
    ).toEqual(["ba", "bb", "bc", "bd", "be"]);
  });

  test("only templates of the grant are shown", () => {
    const mixed = brand("ba", { campaigns: [campaign([card("x", "450"), card("y", "310")])] });
    for (let seed = 0; seed < 20; seed++) expect(placements(decide(snapshot(season([mixed])), 1, AT, seeded(seed)))[0]?.card.id).toBe("y");
  });

  test.each([
    ["1 ms before its guard band ends", -249, 1_000, false],
    ["as its guard band ends", -250, 1_000, true],
    ["251 ms before it closes", -1_000, 251, true],
    ["250 ms before it closes", -1_000, 250, false],
  ])("a card is shown inside its window's guard bands alone: %s", (_name, opensIn, closesIn, shown) => {
    const window = { opensAt: AT + opensIn, closesAt: AT + closesIn };
    const timed = brand("ba", { campaigns: [campaign([card("x", "310", { window })])] });
    const answers = decide(snapshot(season([timed])), 1, AT, seeded(1));
    expect(placements(answers)).toHaveLength(shown ? 1 : 0);
    expect(reasons(answers)).toEqual(shown ? [] : ["card-not-approved"]);
  });

  test("one card out of its window leaves the brand its others, of the same campaign and of another", () => {
    const window = { opensAt: OPENING, closesAt: OPENING + 1_000 };
    const over = card("over", "310", { window });
    for (const campaigns of [[campaign([over, card("here")])], [campaign([over]), campaign([card("here")], { id: "other" })]])
      for (let seed = 0; seed < 10; seed++)
        expect(placements(decide(snapshot(season([brand("ba", { campaigns })])), 1, AT, seeded(seed)))[0]?.card.id).toBe("here");
  });

  test("a campaign that is paused shows nothing, and leaves the brand its others", () => {
    const paused = campaign([card("paused")], { id: "paused", state: "paused" });
    const shown = (...campaigns: ServedCampaign[]) => decide(snapshot(season([brand("ba", { campaigns })])), 1, AT, seeded(1));
    expect(shown(paused)).toEqual([{ noAd: "card-not-approved" }]);
    expect(placements(shown(paused, campaign([card("here")])))[0]?.card.id).toBe("here");
  });
});

describe("fair share, over 20,000 seeded decisions", () => {
  /** Half the sum of the distances from an even share: 0 is perfectly even, 1 is all for one. */
  const unevenness = (counts: ReadonlyMap<string, number>, sides: number) => {
    const sum = [...counts.values()].reduce((all, count) => all + count, 0);
    expect(counts.size).toBe(sides);
    return [...counts.values()].reduce((distance, count) => distance + Math.abs(count / sum - 1 / sides), 0) / 2;
  };
  const rich = brand("be", { campaigns: [campaign([card("e1"), card("e2")]), campaign([card("e3"), card("e4")], { id: "second" })] });
  const served = frozen(snapshot(season([...BRANDS.slice(0, 4), rich])));
  const random = seeded(618);
  const slots: Map<string, number>[] = [new Map(), new Map(), new Map()];
  const cards = new Map<string, number>();
  const add = (counts: Map<string, number> | undefined, name: string) => counts?.set(name, (counts.get(name) ?? 0) + 1);
  for (let round = 0; round < 20_000; round++)
    for (const [slot, placement] of placements(decide(served, 3, AT, random)).entries()) {
      add(slots[slot], placement.brand);
      if (placement.brand === "be") add(cards, placement.card.id);
    }

  test.each([0, 1, 2])("each brand is as likely as any other in slot %i, however many cards it has", (slot) => {
    expect(unevenness(slots[slot] ?? new Map(), 5)).toBeLessThan(0.015);
  });

  test("each of a brand's cards is as likely as any other", () => {
    expect(unevenness(cards, 4)).toBeLessThan(0.02);
  });
});

describe("the reason of an empty answer is the nearest miss", () => {
  const CASES: readonly [name: string, seasons: ServedSeason[], at: number, reason: NoAdReason][] = [
    ["no season at all", [], AT, "season-closed"],
    ["a season that is over", [season(BRANDS)], SEASON_END, "season-closed"],
    ["a season that is over, with nobody in it", [season([])], SEASON_END, "season-closed"],
    ["a season to come", [season(BRANDS)], OPENING - 1, "phase-not-open"],
    ["a season to come, with nobody in it", [season([])], OPENING - 1, "phase-not-open"],
    ["a gap", [season(BRANDS)], OPENING + 1.5 * HOUR, "phase-not-open"],
    ["one over and one to come", [season([], { phases: [phase("x", 0, 1_000)] }), season([])], OPENING - 1, "phase-not-open"],
    ["an open season with nobody in it", [season([])], AT, "brand-not-whitelisted"],
    ["a draft", [season(BRANDS, { status: "draft" })], AT, "phase-not-open"],
    ["grants to another phase", [season([brand("ba", { grants: [grant({ phases: ["wave-2"] })] })])], AT, "brand-not-whitelisted"],
    ["expired grants", [season([brand("ba", { grants: [grant({ expiresAt: AT })] })])], AT, "grant-expired"],
    ["a suspended grant", [season([brand("ba", { grants: [grant({ state: "suspended" })] })])], AT, "grant-expired"],
    ["a revoked grant", [season([brand("ba", { grants: [grant({ state: "revoked" })] })])], AT, "grant-expired"],
    [
      "a suspended attestation",
      [season([brand("ba", { attestation: servedAttestation({ state: "suspended" }) })])],
      AT,
      "attestation-missing",
    ],
    [
      "a card in a template that only a grant for another phase names",
      [season([brand("ba", { grants: [grant({ templates: ["450"] }), grant({ phases: ["wave-2"] })] })])],
      AT,
      "card-not-approved",
    ],
    [
      "a card in a template that only a suspended grant names",
      [season([brand("ba", { grants: [grant({ templates: ["450"] }), grant({ state: "suspended" })] })])],
      AT,
      "card-not-approved",
    ],
    ["no attestation", [season([brand("ba", { attestation: null })])], AT, "attestation-missing"],
    ["no card", [season([brand("ba", { campaigns: [] })])], AT, "card-not-approved"],
    ["no card of a granted template", [season([brand("ba", { campaigns: [campaign([card("x", "450")])] })])], AT, "card-not-approved"],
    [
      "an expired grant, and a brand without attestation",
      [season([brand("ba", { grants: [grant({ templates: [], expiresAt: AT })] }), brand("bb", { attestation: null })])],
      AT,
      "attestation-missing",
    ],
    [
      "a brand without attestation, and one without a card",
      [season([brand("ba", { campaigns: [] }), brand("bb", { attestation: null })])],
      AT,
      "card-not-approved",
    ],
    [
      "a grant to another phase, and an expired one",
      [
        season([
          brand("ba", { grants: [grant({ templates: [], expiresAt: AT })] }),
          brand("bb", { grants: [grant({ phases: ["wave-2"], templates: [] })] }),
        ]),
      ],
      AT,
      "grant-expired",
    ],
  ];

  test.each(CASES)("%s", (_name, seasons, at, reason) => {
    expect(decide(snapshot(...seasons), 2, at, seeded(1))).toEqual([{ noAd: reason }, { noAd: reason }]);
  });
});

describe("beside slots that are filled, an empty one says", () => {
  const two = snapshot(season([brand("ba"), brand("bb")]));
  const beside = (holds: Ask["holds"]) => reasons(answersTo({ snapshot: two, switches: [] }, { slots: 3, holds }, seeded(1)));

  test("that there are no more brands, and what keeps another from this viewer alone when something does", () => {
    expect(beside(() => null)).toEqual(["slots-exceed-brands"]);
    for (const reason of ["unmatched-viewer", "competitive-separation"] as const) {
      expect(beside(({ brand: name }) => (name === "ba" ? reason : null))).toEqual([reason, reason]);
      expect(beside((_placement, shown) => (shown.length > 0 ? reason : null))).toEqual([reason, reason]);
    }
  });

  test("nothing of what keeps others from everybody", () => {
    const timed = card("x", "310", { window: { opensAt: AT + HOUR, closesAt: AT + 2 * HOUR } });
    const late = brand("bb", { campaigns: [campaign([timed])] });
    expect(reasons(decide(snapshot(season([brand("ba"), late])), 2, AT, seeded(1)))).toEqual(["slots-exceed-brands"]);
  });
});

describe("what a card is held for is asked", () => {
  test("with the cards that the answer has before it, in order", () => {
    const asked: string[][] = [];
    const answers = answersTo(
      { snapshot: snapshot(season(BRANDS)), switches: [] },
      {
        slots: 3,
        holds: (_placement, shown) => {
          asked.push(shown.map((each) => each.brand));
          return null;
        },
      },
      seeded(1),
    );
    const shown = placements(answers).map((each) => each.brand);
    expect(asked).toEqual([[], shown.slice(0, 1), shown.slice(0, 2)]);
  });
});

describe("a season in trial", () => {
  const limits = { complaints: null, failingLinks: null, latencyMs: null };
  const ring = (share: number, whose: string | null = null) => ({ brand: whose, steps: [{ from: AT, share }], limits });
  const shownTo = (point: number, over: Partial<ServedSeason>, at = AT) => {
    const of = snapshot(season([brand("ba"), brand("bb")], over));
    const answers = answersTo({ snapshot: of, switches: [] }, { slots: 2, at, point }, seeded(1));
    return [
      ...placements(answers)
        .map((each) => each.brand)
        .sort(),
      ...new Set(reasons(answers)),
    ];
  };

  test("shows its cards to the viewers below its share, from the step on", () => {
    expect(shownTo(99, { rings: [ring(100)] })).toEqual(["ba", "bb"]);
    expect(shownTo(100, { rings: [ring(100)] })).toEqual(["outside-trial-ring"]);
    expect(shownTo(0, { rings: [ring(100)] }, AT - 1)).toEqual(["outside-trial-ring"]);
  });

  test("shows of a brand in trial only to that brand's viewers, and of the others as ever", () => {
    expect(shownTo(100, { rings: [ring(100, "ba")] })).toEqual(["bb", "slots-exceed-brands"]);
    expect(shownTo(99, { rings: [ring(100, "ba")] })).toEqual(["ba", "bb"]);
  });

  test("that is halted shows nobody anything", () => {
    const ringTurns = [{ brand: null, state: "halted", at: AT, why: "" }] as const;
    expect(shownTo(0, { rings: [ring(10_000)], ringTurns })).toEqual(["outside-trial-ring"]);
    expect(shownTo(0, { ringTurns })).toEqual(["outside-trial-ring"]);
  });

  test("asks where the viewer stands in it while it is open, and otherwise in none", () => {
    const asked = (over: Partial<ServedSeason>, at = AT) => {
      const of = snapshot(
        season([], { id: "far", phases: [phase("x", OPENING - 2 * HOUR, OPENING - HOUR)], rings: [ring(1)] }),
        season([], over),
      );
      return pointThatMatters({ snapshot: of, switches: [] }, at, (id) => id.length);
    };
    expect(asked({ rings: [ring(1)] })).toBe("618-2024".length);
    expect(asked({ ringTurns: [{ brand: null, state: "halted", at: AT, why: "" }] })).toBe("618-2024".length);
    expect(asked({})).toBe(0);
    expect(asked({ rings: [ring(1)] }, SEASON_END)).toBe(0);
  });
});

describe("a switch that is thrown", () => {
  const two = season([brand("ba", { campaigns: [campaign([card("x"), card("y")])] }), brand("bb")]);
  const shown = (aims: readonly Partial<Aim>[], apps: readonly string[] = []) => {
    const switches = aims.map((aim, index) => ({ id: `swt_${index}`, owner: "wechat", level: "all", aim: aimAt(aim) }) as const);
    const answers = answersTo({ snapshot: snapshot(two), switches }, { slots: 3, apps }, seeded(1));
    const none = [...new Set(reasons(answers))];
    return [
      ...placements(answers)
        .map((each) => each.brand)
        .sort(),
      ...none,
    ];
  };
  const ALL = ["ba", "bb", "slots-exceed-brands"];

  test.each<[name: string, aim: Partial<Aim>]>([
    ["all", {}],
    ["host", { host: "wechat" }],
    ["surface", { host: "wechat", surface: "wechat-moments" }],
    ["season", { host: "wechat", season: "618-2024" }],
    ["phase", { host: "wechat", season: "618-2024", phase: "wave-1" }],
  ])("at level %s stops everybody, and elsewhere nobody", (_level, aim) => {
    expect(shown([aim])).toEqual(["kill-switch"]);
    for (const part of Object.keys(aim)) expect(shown([{ ...aim, [part]: "another" }])).toEqual(ALL);
  });

  test("at level brand stops the brand, in the season it names", () => {
    expect(shown([{ host: "wechat", brand: "ba" }])).toEqual(["bb", "slots-exceed-brands"]);
    expect(shown([{ host: "wechat", brand: "ba", season: "618-2024" }])).toEqual(["bb", "slots-exceed-brands"]);
    expect(shown([{ host: "wechat", brand: "ba", season: "double-11-2024" }])).toEqual(ALL);
  });

  test("at level campaign and card leaves the brand whatever else it has", () => {
    expect(shown([{ host: "wechat", card: "x" }])).toEqual(ALL);
    expect(
      shown([
        { host: "wechat", card: "x" },
        { host: "wechat", card: "y" },
      ]),
    ).toEqual(["bb", "slots-exceed-brands"]);
    expect(shown([{ host: "wechat", campaign: "cmp" }])).toEqual(["kill-switch"]);
  });

  test("on one kind of link leaves the other, where the viewer has the app for it; on both, nothing", () => {
    const [app, web] = [
      { host: "wechat", linkKind: "app" },
      { host: "wechat", linkKind: "web" },
    ] as const;
    expect(shown([app])).toEqual(ALL);
    expect(shown([web], ["tmall"])).toEqual(ALL);
    expect(shown([web])).toEqual(["kill-switch"]);
    expect(shown([app, web], ["tmall"])).toEqual(["kill-switch"]);
  });
});

describe("whatever the snapshot, the instant and the slots", () => {
  const START = 1_000_000;
  const instants = fc.integer({ min: START - 1_000, max: START + 20_000 });
  const ends = fc.oneof({ weight: 9, arbitrary: fc.constant(START + 30_000) }, { weight: 1, arbitrary: instants });
  const states = fc.oneof(
    { weight: 4, arbitrary: fc.constant("current" as const) },
    { weight: 1, arbitrary: fc.constantFrom("suspended" as const, "revoked" as const) },
  );
  const phases = (from: number) => [phase("p1", from, from + 4_000), phase("p2", from + 5_000, from + 9_000)] as const;
  const windows = fc.option(fc.record({ opensAt: instants, closesAt: ends }), { freq: 2 });
  const cards = fc.array(
    fc
      .record({ id: fc.constantFrom("c1", "c2", "c3"), template: fc.constantFrom("310", "450"), window: windows })
      .map(({ id, template, window }) => card(id, template, window ? { window } : {})),
    { minLength: 1, maxLength: 3 },
  );
  const brands = fc.uniqueArray(
    fc
      .record({
        brand: fc.constantFrom("a", "b", "c", "d", "e", "f"),
        grants: fc.array(
          fc
            .record({
              phases: fc.subarray(["p1", "p2"], { minLength: 1 }),
              templates: fc.subarray(["310", "450"], { minLength: 1 }),
              state: states,
              expiresAt: ends,
            })
            .map(grant),
          { minLength: 1, maxLength: 3 },
        ),
        attestation: fc.option(fc.record({ state: states, expiresAt: ends }).map(servedAttestation)),
        campaigns: fc.array(
          fc
            .record({
              id: fc.constantFrom("m1", "m2"),
              cards,
              tier: fc.constantFrom("standard" as const, "house" as const),
              state: fc.constantFrom("active" as const, "active" as const, "paused" as const),
            })
            .map(servedCampaign),
          { maxLength: 2 },
        ),
      })
      .map(({ brand: name, ...over }) => brand(name, over)),
    { selector: (each) => each.brand, minLength: 2, maxLength: 6 },
  );
  const status = fc.constantFrom<SeasonStatus>("draft", "scheduled", "open", "closed");
  const snapshots = fc
    .tuple(status, brands, status, brands)
    .map(([one, theirs, other, ours]) =>
      frozen(
        snapshot(
          season(theirs, { status: one, phases: phases(START) }),
          season(ours, { id: "next", status: other, phases: phases(START + 10_000) }),
        ),
      ),
    );

  /** Every `brand card` that may be shown, by the words of the promises alone. */
  const servable = ({ seasons }: Snapshot, at: number) => {
    const well = (opensAt: number, closesAt: number) => at - opensAt >= 250 && closesAt - at > 250;
    const found: string[] = [];
    for (const { id, status, phases, brands } of seasons)
      for (const open of phases.filter(({ opensAt, closesAt }) => status !== "draft" && well(opensAt, closesAt)))
        for (const { brand, grants, attestation, campaigns } of brands)
          for (const { state, cards } of campaigns)
            for (const { id: shown, template, window } of cards)
              if (
                state === "active" &&
                grants.some(
                  (grant) =>
                    grant.state === "current" &&
                    grant.phases.includes(open.id) &&
                    grant.expiresAt - at > 250 &&
                    grant.templates.includes(template),
                ) &&
                attestation?.state === "current" &&
                attestation.expiresAt - at > 250 &&
                well(window.opensAt, window.closesAt)
              )
                found.push(`${id} ${open.id} ${brand} ${shown} ${template}`);
    return found;
  };

  test("nobody ineligible is shown, nobody twice, and no slot is left empty that could be filled", () => {
    let filled = 0;
    fc.assert(
      fc.property(snapshots, fc.noBias(instants), fc.integer({ min: 1, max: 10 }), fc.integer(), (given, at, slots, seed) => {
        const answers = decide(given, slots, at, seeded(seed));
        const shown = placements(answers);
        const may = servable(given, at);
        const brandsThatMay = new Set(may.map((each) => each.split(" ")[2]));
        expect(answers).toHaveLength(slots);
        for (const { season, phase, brand, card } of shown)
          expect(may).toContain(`${season.id} ${phase} ${brand} ${card.id} ${card.template}`);
        expect(new Set(shown.map((each) => each.brand)).size).toBe(shown.length);
        expect(shown).toHaveLength(Math.min(slots, brandsThatMay.size));
        expect(new Set(reasons(answers)).size).toBeLessThanOrEqual(1);
        expect(reasons(answers).includes("slots-exceed-brands")).toBe(shown.length > 0 && shown.length < slots);
        filled += shown.length;
      }),
      { numRuns: 500, seed: 618 },
    );
    expect(filled).toBeGreaterThan(150);
  });
});
