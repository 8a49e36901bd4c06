import { expect, test } from "@jest/globals";
import { type CardForm, submitCard } from "../../../lib/domain/card.ts";
import type { Marketplace } from "../../../lib/domain/destination.ts";
import { daysOf } from "../../../lib/domain/season-days.ts";
import { serve, snapshotOf } from "../../../lib/domain/snapshot.ts";
import {
  attestation,
  campaign,
  cardForm,
  grant,
  image,
  NAMES,
  OPENING,
  SEASON_END,
  SETTINGS,
  STORED,
  season,
  surface,
} from "./fixtures.ts";

const OTHERS = { zh: "澜墨", en: "Lanmo" };

const card = (id: string, of: string, over: Partial<CardForm> = {}) =>
  submitCard(cardForm({ campaign: of, ...over }), {
    campaign: campaign({ id: of }),
    grants: [grant()],
    season: season(),
    storeName: NAMES,
    surface,
    images: [STORED],
    id,
    by: "ann",
    at: OPENING,
  });
const EMPTY = { attestations: [], grants: [], campaigns: [], cards: [] };

test("a season with nobody in it is served with its windows", () => {
  const { id, version, marketplace, names, status, phases, instants, rings, ringTurns } = season();
  expect(serve(season(), EMPTY)).toEqual({
    id,
    version,
    marketplace,
    names,
    status,
    phases,
    instants,
    rings,
    ringTurns,
    brands: [],
    days: daysOf(season()),
  });
});

test("each granted brand has its own attestation, campaigns and cards, and nothing else of them", () => {
  const house = { state: "paused", tier: "house", weight: 7, category: "skincare" } as const;
  const served = serve(season(), {
    grants: [
      grant(),
      grant({ id: "grt_2", brand: "brd_2", phases: ["wave-1"], expiresAt: 7, state: "suspended", reason: "why", names: OTHERS }),
      grant({ id: "grt_3", phases: ["wave-2"], templates: ["450"], state: "revoked", version: 3 }),
    ],
    attestations: [attestation({ brand: "brd_3", expiresAt: 1 }), attestation({ state: "suspended", reason: "why", version: 2 })],
    campaigns: [
      campaign(),
      campaign({ id: "cmp_1b" }),
      campaign({ id: "cmp_2", brand: "brd_2", ...house, flight: { opensAt: OPENING + 1, closesAt: OPENING + 2 } }),
      campaign({ id: "cmp_3", brand: "brd_3" }),
    ],
    cards: [card("crd_1", "cmp_1"), card("crd_2", "cmp_2", { weight: 9 }), card("crd_3", "cmp_3")],
  });
  const settings = (({ name: _, ...rest }) => rest)(SETTINGS);
  const face = (id: string, of: string) => ({
    id,
    campaign: of,
    template: "310",
    storeName: NAMES,
    text: { title: "新品" },
    offer: null,
    callToAction: "去逛逛",
    images: [image()],
    seasonMark: null,
    destination: { kind: "store", id: "990000000001" },
    weight: 100,
    window: { opensAt: OPENING, closesAt: SEASON_END },
  });
  const key = { names: NAMES, version: 1, state: "current", expiresAt: SEASON_END };
  expect(served.brands).toEqual([
    {
      brand: "brd_1",
      grants: [
        { ...key, id: "grt_1", phases: ["wave-1", "wave-2"], templates: ["310"] },
        { ...key, id: "grt_3", version: 3, phases: ["wave-2"], templates: ["450"], state: "revoked" },
      ],
      attestation: { application: "app_1", version: 2, state: "suspended", expiresAt: SEASON_END },
      tiers: ["standard"],
      campaigns: [
        { ...settings, id: "cmp_1", state: "active", cards: [face("crd_1", "cmp_1")] },
        { ...settings, id: "cmp_1b", state: "active", cards: [] },
      ],
    },
    {
      brand: "brd_2",
      grants: [{ ...key, id: "grt_2", names: OTHERS, phases: ["wave-1"], templates: ["310"], state: "suspended", expiresAt: 7 }],
      attestation: null,
      tiers: ["house"],
      campaigns: [
        {
          ...settings,
          ...house,
          id: "cmp_2",
          flight: { opensAt: OPENING + 1, closesAt: OPENING + 2 },
          cards: [{ ...face("crd_2", "cmp_2"), weight: 9, window: { opensAt: OPENING + 1, closesAt: OPENING + 2 } }],
        },
      ],
    },
  ]);
});

test("a card's monitoring links are served with it, and left out where there are none", () => {
  const monitoring = { impression: ["https://t.monitor.example/"], click: [] };
  const served = serve(season(), {
    ...EMPTY,
    grants: [grant()],
    campaigns: [campaign()],
    cards: [{ ...card("crd_1", "cmp_1"), monitoring }, card("crd_2", "cmp_1")],
  });
  const [first, second] = served.brands[0]?.campaigns[0]?.cards ?? [];
  expect(first).toMatchObject({ id: "crd_1", monitoring });
  expect(second).not.toHaveProperty("monitoring");
});

test("a brand's tiers are those in which it has a card, each once", () => {
  const tiersOf = (...tiers: readonly (readonly ["standard" | "house", cards: number])[]) =>
    serve(season(), {
      ...EMPTY,
      grants: [grant()],
      campaigns: tiers.map(([tier], index) => campaign({ id: `cmp_${index}`, tier })),
      cards: tiers.flatMap(([, cards], index) => Array.from({ length: cards }, (_, n) => card(`crd_${index}_${n}`, `cmp_${index}`))),
    }).brands[0]?.tiers;
  expect(tiersOf()).toEqual([]);
  expect(tiersOf(["standard", 0], ["house", 0])).toEqual([]);
  expect(tiersOf(["standard", 0], ["house", 2])).toEqual(["house"]);
  expect(tiersOf(["standard", 1], ["house", 2], ["standard", 3])).toEqual(["standard", "house"]);
});

test("a snapshot says of its surface what decisions need, and has its seasons' marketplaces, each once and those that are known", () => {
  const tmall = { id: "tmall" } as Marketplace;
  const known = (id: string) => (id === "tmall" ? tmall : undefined);
  const seasons = ["tmall", "unheard-of", "tmall"].map((marketplace) => serve(season({ marketplace }), EMPTY));
  expect(snapshotOf(surface, seasons, known)).toEqual({
    surface: "wechat-moments",
    host: "wechat",
    hostCapsFrequency: false,
    label: { zh: "广告", en: "Ad" },
    separation: { brand: 0, category: 0 },
    impressionTokenSeconds: 600,
    clickTokenSeconds: 21_600,
    marketplaces: [tmall],
    seasons,
  });
});
