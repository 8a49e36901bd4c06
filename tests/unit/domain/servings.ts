import * as fc from "fast-check";
import { type Aim, aimAt, type LiveSwitch, SWITCH_LEVELS } from "../../../lib/domain/kill-switch.ts";
import type { Ring, RingTurn } from "../../../lib/domain/ring.ts";
import type { SeasonStatus } from "../../../lib/domain/season.ts";
import type { Serving } from "../../../lib/domain/serving.ts";
import type { ServedBrand, ServedSeason } from "../../../lib/domain/snapshot.ts";
import {
  frozen,
  phase,
  servedAttestation,
  servedBrand,
  servedCampaign,
  servedCard,
  servedGrant,
  servedSeason,
  servedSnapshot,
} from "./fixtures.ts";

/** Random servings: two seasons of two short phases each, six brands, and all that can be in their way. */

export const START = 1_000_000;
const HOST = "wechat";
const SURFACE = "wechat-moments";
export const BRANDS = ["a", "b", "c", "d", "e", "f"] as const;
const CARDS = ["c1", "c2", "c3"] as const;
const CAMPAIGNS = ["m1", "m2"] as const;
const SEASONS = ["now", "next"] as const;
const PHASES = ["p1", "p2"] as const;
const EACH = ({ length }: readonly unknown[]) => ({ minLength: length, maxLength: length });

export const instants = fc.integer({ min: START - 1_000, max: START + 20_000 });
const ends = fc.oneof({ weight: 9, arbitrary: fc.constant(START + 30_000) }, { weight: 1, arbitrary: instants });
const states = fc.oneof(
  { weight: 6, arbitrary: fc.constant("current" as const) },
  { weight: 1, arbitrary: fc.constantFrom("suspended" as const, "revoked" as const) },
);
const window = fc.option(fc.record({ opensAt: instants, closesAt: ends }), { freq: 1 });
const weight = fc.constantFrom(1, 100, 400);
const cards = fc
  .tuple(
    fc.subarray([...CARDS], { minLength: 1 }),
    fc.array(fc.record({ window, weight, template: fc.constantFrom("310", "310", "450") }), EACH(CARDS)),
  )
  .map(([ids, more]) =>
    ids.map((id, index) => {
      const { window = null, ...rest } = more[index] ?? {};
      return servedCard({ id, ...rest, ...(window && { window }) });
    }),
  );
const campaigns = fc
  .tuple(
    fc.subarray([...CAMPAIGNS], { minLength: 1 }),
    fc.array(
      fc.record({
        cards,
        weight,
        tier: fc.constantFrom("standard" as const, "standard" as const, "house" as const),
        state: fc.constantFrom("active" as const, "active" as const, "active" as const, "paused" as const),
      }),
      EACH(CAMPAIGNS),
    ),
  )
  .map(([ids, more]) =>
    ids.map((id, index) => {
      const { cards = [], ...rest } = more[index] ?? {};
      return servedCampaign({ id, ...rest, cards: cards.map((each) => ({ ...each, campaign: id })) });
    }),
  );
/** Taken away by a mark. */
const withheld = fc.oneof({ weight: 12, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.constant({ withheld: true as const }) });
const brands: fc.Arbitrary<ServedBrand[]> = fc.uniqueArray(
  fc
    .record({
      brand: fc.constantFrom(...BRANDS),
      grants: fc.array(
        fc
          .record({
            phases: fc.subarray([...PHASES], { minLength: 1 }),
            templates: fc.subarray(["310", "450"], { minLength: 1 }),
            state: states,
            expiresAt: ends,
            withheld,
          })
          .map(({ withheld, ...grant }) => servedGrant({ ...grant, ...withheld })),
        { minLength: 1, maxLength: 2 },
      ),
      attestation: fc.option(
        fc
          .record({ state: states, expiresAt: ends, withheld })
          .map(({ withheld, ...attestation }) => servedAttestation({ ...attestation, ...withheld })),
        { freq: 8 },
      ),
      campaigns,
    })
    .map(({ brand, ...over }) => servedBrand(brand, over)),
  { selector: (each) => each.brand, minLength: 2, maxLength: 6 },
);
const whose = fc.constantFrom(null, ...BRANDS);
const rings: fc.Arbitrary<Ring[]> = fc.uniqueArray(
  fc.record({
    brand: whose,
    steps: fc
      .uniqueArray(fc.record({ from: instants, share: fc.constantFrom(0, 1, 5_000) }), {
        selector: ({ from }) => from,
        minLength: 1,
        maxLength: 2,
      })
      .map((steps) => steps.sort((one, other) => one.from - other.from)),
    limits: fc.constant({ complaints: null, failingLinks: null, latencyMs: null }),
  }),
  { selector: ({ brand }) => brand, maxLength: 1 },
);
const ringTurns: fc.Arbitrary<RingTurn[]> = fc.oneof(
  { weight: 7, arbitrary: fc.constant<RingTurn[]>([]) },
  {
    weight: 1,
    arbitrary: fc
      .record({ brand: whose, state: fc.constantFrom("halted", "running"), at: instants, why: fc.constant("") })
      .map((turn) => [turn]),
  },
);
const trial = fc.record({ rings, ringTurns });
const status = fc.constantFrom<SeasonStatus>("draft", "scheduled", "open", "open", "closed", "cancelled");

/** A season of two short phases that begins at `from`. */
export const shortSeason = (id: string, from: number, { brands = [], ...over }: Partial<ServedSeason>): ServedSeason =>
  servedSeason(brands, { id, phases: [phase("p1", from, from + 4_000), phase("p2", from + 5_000, from + 9_000)], ...over });

const part = <T>(values: readonly T[]) => fc.constantFrom<(T | null)[]>(...values, null, null);
const narrow: fc.Arbitrary<Aim> = fc
  .record({
    surface: part([SURFACE, "elsewhere"]),
    season: part(SEASONS),
    phase: part(PHASES),
    brand: part(BRANDS),
    campaign: part(CAMPAIGNS),
    card: part(CARDS),
  })
  .map((parts) => aimAt({ host: HOST, ...parts }));
const others: fc.Arbitrary<Aim> = fc.constantFrom(
  aimAt({}),
  aimAt({ host: HOST }),
  aimAt({ host: "another" }),
  aimAt({ host: HOST, linkKind: "app" }),
  aimAt({ host: HOST, linkKind: "web" }),
  aimAt({ host: HOST, linkKind: "web", season: "now" }),
);
const level = fc.constantFrom(...SWITCH_LEVELS);
const liveSwitch: fc.Arbitrary<LiveSwitch> = fc.record({
  id: fc.constant("swt_1"),
  owner: fc.constant(HOST),
  level,
  aim: fc.oneof({ weight: 6, arbitrary: narrow }, { weight: 1, arbitrary: others }),
});

export const servings: fc.Arbitrary<Serving> = fc
  .tuple(status, brands, trial, status, brands, trial, fc.array(liveSwitch, { maxLength: 2 }))
  .map(([one, theirs, first, other, ours, second, switches]) =>
    frozen({
      switches,
      snapshot: servedSnapshot([
        shortSeason("now", START, { status: one, brands: theirs, ...first }),
        shortSeason("next", START + 10_000, { status: other, brands: ours, ...second }),
      ]),
    }),
  );
