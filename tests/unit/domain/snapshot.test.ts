import { expect, test } from "@jest/globals";
import { submitCard } from "../../../lib/domain/card.ts";
import { serve } from "../../../lib/domain/snapshot.ts";
import {
  attestation,
  campaign,
  cardForm,
  grant,
  image,
  NAMES,
  OPENING,
  SEASON_END,
  STORED,
  season,
  servedCampaign,
  surface,
} from "./fixtures.ts";

const card = (id: string, of: string) => ({
  ...submitCard(cardForm({ campaign: of }), {
    ...{ campaign: campaign({ id: of }), season: season(), grants: [grant()], storeName: NAMES, surface, images: [STORED] },
    ...{ id, by: "ann", at: OPENING },
  }),
});
const EMPTY = { attestations: [], grants: [], campaigns: [], cards: [] };

test("a season with nobody in it is served with its windows", () => {
  const { id, version, marketplace, status, phases, instants, rings, ringTurns } = season();
  expect(serve(season(), EMPTY)).toEqual({ id, version, marketplace, status, phases, instants, rings, ringTurns, brands: [] });
});

test("each granted brand has its own attestation, campaigns and cards, and nothing else of them", () => {
  const flight = { opensAt: OPENING + 1, closesAt: OPENING + 2 };
  const served = serve(season(), {
    grants: [
      grant(),
      grant({ id: "grt_2", brand: "brd_2", phases: ["wave-1"], expiresAt: 7, state: "suspended", reason: "why" }),
      grant({ id: "grt_3", phases: ["wave-2"], templates: ["450"], state: "revoked" }),
    ],
    attestations: [attestation({ brand: "brd_3", expiresAt: 1 }), attestation({ state: "suspended", reason: "why" })],
    campaigns: [campaign(), campaign({ id: "cmp_2", brand: "brd_2", flight }), campaign({ id: "cmp_3", brand: "brd_3" })],
    cards: [card("crd_1", "cmp_1"), card("crd_2", "cmp_2"), card("crd_3", "cmp_3")],
  });
  const face = (id: string, of: string, window = { opensAt: OPENING, closesAt: SEASON_END }) => ({
    id,
    campaign: of,
    template: "310",
    storeName: NAMES,
    seasonMark: null,
    weight: 100,
    window,
    text: { title: "新品" },
    offer: null,
    callToAction: "去逛逛",
    images: [image()],
    destination: { kind: "store", id: "990000000001" } as const,
  });
  expect(served.brands).toEqual([
    {
      brand: "brd_1",
      grants: [
        { phases: ["wave-1", "wave-2"], templates: ["310"], state: "current", expiresAt: SEASON_END },
        { phases: ["wave-2"], templates: ["450"], state: "revoked", expiresAt: SEASON_END },
      ],
      attestation: { state: "suspended", expiresAt: SEASON_END },
      campaigns: [servedCampaign({ id: "cmp_1", cards: [face("crd_1", "cmp_1")] })],
    },
    {
      brand: "brd_2",
      grants: [{ phases: ["wave-1"], templates: ["310"], state: "suspended", expiresAt: 7 }],
      attestation: null,
      campaigns: [servedCampaign({ id: "cmp_2", flight, cards: [face("crd_2", "cmp_2", flight)] })],
    },
  ]);
});
