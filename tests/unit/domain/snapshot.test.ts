import { expect, test } from "@jest/globals";
import { submitCard } from "../../../lib/domain/card.ts";
import { serve } from "../../../lib/domain/snapshot.ts";
import { attestation, campaign, cardForm, grant, OPENING, SEASON_END, season, surface } from "./fixtures.ts";

const card = (id: string, of: string) => ({
  ...submitCard(cardForm({ campaign: of }), { campaign: campaign({ id: of }), grants: [grant()], surface, id, by: "ann", at: OPENING }),
});
const EMPTY = { attestations: [], grants: [], campaigns: [], cards: [] };

test("a season with nobody in it is served with its windows", () => {
  const { id, version, marketplace, status, phases, instants, rings, ringTurns } = season();
  expect(serve(season(), EMPTY)).toEqual({ id, version, marketplace, status, phases, instants, rings, ringTurns, brands: [] });
});

test("each granted brand has its own attestation, campaigns and cards, and nothing else of them", () => {
  const served = serve(season(), {
    grants: [
      grant(),
      grant({ id: "grt_2", brand: "brd_2", phases: ["wave-1"], expiresAt: 7, state: "suspended", reason: "why" }),
      grant({ id: "grt_3", phases: ["wave-2"], templates: ["450"], state: "revoked" }),
    ],
    attestations: [attestation({ brand: "brd_3", expiresAt: 1 }), attestation({ state: "suspended", reason: "why" })],
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
      grants: [
        { id: "grt_1", version: 1, phases: ["wave-1", "wave-2"], templates: ["310"], state: "current", expiresAt: SEASON_END },
        { id: "grt_3", version: 1, phases: ["wave-2"], templates: ["450"], state: "revoked", expiresAt: SEASON_END },
      ],
      attestation: { application: "app_1", version: 1, state: "suspended", expiresAt: SEASON_END },
      campaigns: [{ id: "cmp_1", flight: null, cards: [face("crd_1", "cmp_1")] }],
    },
    {
      brand: "brd_2",
      grants: [{ id: "grt_2", version: 1, phases: ["wave-1"], templates: ["310"], state: "suspended", expiresAt: 7 }],
      attestation: null,
      campaigns: [{ id: "cmp_2", flight: { opensAt: 1, closesAt: 2 }, cards: [face("crd_2", "cmp_2")] }],
    },
  ]);
});
