import { expect, test } from "@jest/globals";
import { submitCard } from "../../../lib/domain/card.ts";
import { serve } from "../../../lib/domain/snapshot.ts";
import { application, campaign, cardForm, grant, OPENING, PARTIES, SEASON_END, season, surface } from "./fixtures.ts";

const attestation = (brand: string, expiresAt: number) => ({
  ...PARTIES,
  brand,
  application: application().id,
  surface: "wechat-moments",
  season: "618-2024",
  storeType: "flagship",
  attestedBy: "tao",
  attestedAt: OPENING,
  expiresAt,
});
const card = (id: string, of: string) => ({
  ...submitCard(cardForm({ campaign: of }), { campaign: campaign({ id: of }), grant: grant(), surface, id, by: "ann", at: OPENING }),
});
const EMPTY = { attestations: [], grants: [], campaigns: [], cards: [] };

test("a season with nobody in it is served with its windows", () => {
  const { id, marketplace, status, phases, clickGraceEndsAt } = season();
  expect(serve(season(), EMPTY)).toEqual({ id, marketplace, status, phases, clickGraceEndsAt, brands: [] });
});

test("each granted brand has its own attestation, campaigns and cards, and nothing else of them", () => {
  const served = serve(season(), {
    grants: [grant(), grant({ brand: "brd_2", phases: ["wave-1"], expiresAt: 7 })],
    attestations: [attestation("brd_3", 1), attestation("brd_1", SEASON_END)],
    campaigns: [
      campaign(),
      campaign({ id: "cmp_2", brand: "brd_2", flight: { opensAt: 1, closesAt: 2 } }),
      campaign({ id: "cmp_3", brand: "brd_3" }),
    ],
    cards: [card("crd_1", "cmp_1"), card("crd_2", "cmp_2"), card("crd_3", "cmp_3")],
  });
  const face = (id: string, of: string) => ({
    id,
    campaign: of,
    template: "310",
    text: { title: "新品" },
    offer: null,
    callToAction: "去逛逛",
    images: cardForm().images,
    destination: { kind: "store", id: "990000000001" },
  });
  expect(served.brands).toEqual([
    {
      brand: "brd_1",
      grant: { phases: ["wave-1", "wave-2"], templates: ["310"], expiresAt: SEASON_END },
      attestation: { expiresAt: SEASON_END },
      campaigns: [{ id: "cmp_1", flight: null, cards: [face("crd_1", "cmp_1")] }],
    },
    {
      brand: "brd_2",
      grant: { phases: ["wave-1"], templates: ["310"], expiresAt: 7 },
      attestation: null,
      campaigns: [{ id: "cmp_2", flight: { opensAt: 1, closesAt: 2 }, cards: [face("crd_2", "cmp_2")] }],
    },
  ]);
});
