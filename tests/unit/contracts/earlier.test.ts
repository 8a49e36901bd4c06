import { expect, test } from "@jest/globals";
import { campaign } from "../../../lib/contracts/campaigns.ts";
import { card } from "../../../lib/contracts/cards.ts";
import { fromWire } from "../../../lib/contracts/wire.ts";

/** What was stored before campaigns and cards said more is read as something that asks for nothing in particular. */
const PARTIES = { brand: "brd_1", marketplace: "tmall", host: "wechat" };
const AT = "2024-05-13T00:00:00.000Z";

test("a campaign without settings is active and for everybody", () => {
  const stored = { ...PARTIES, id: "cmp_1", season: "618-2024", surface: "wechat-moments", name: "618", flight: null };
  expect(fromWire(campaign, { ...stored, createdBy: "ann", createdAt: AT, version: 1 })).toMatchObject({
    category: "other",
    state: "active",
    weight: 100,
    tier: "standard",
    caps: { daily: null, total: null },
    frequency: null,
    targeting: { os: null, regions: null, segments: { any: [], none: [] }, hostVersion: null },
  });
});

test("a card without a window may be shown as long as its campaign, and its offer with it", () => {
  const face = {
    template: "310",
    text: { text: "新品" },
    callToAction: "去逛逛",
    images: [],
    offer: { text: "减", price: 2, salePrice: 1 },
  };
  const review = { status: "approved", submittedBy: "ann", submittedAt: AT, decidedBy: "rob", decidedAt: AT, feedback: [], version: 2 };
  const place = { id: "crd_1", campaign: "cmp_1", surface: "wechat-moments", season: "618-2024", destination: { kind: "store", id: "1" } };
  expect(fromWire(card, { ...PARTIES, ...face, ...review, ...place })).toMatchObject({
    weight: 100,
    window: null,
    seasonMark: null,
    editors: [],
    offer: { validity: null },
  });
});
