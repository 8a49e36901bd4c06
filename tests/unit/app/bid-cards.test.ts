import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { bidCards } from "../../../lib/app/bid-cards.ts";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { openrtb } from "../../../lib/contracts/openrtb.ts";
import { fromOutside } from "../../../lib/contracts/wire.ts";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import type { Signer } from "../../../lib/domain/event-token.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import type { BidAsk } from "../../../lib/domain/openrtb/ask.ts";
import type { ServedBrand, ServedCard, Snapshot } from "../../../lib/domain/snapshot.ts";
import { HOUR, OPENING, SEASON_END, season, WAVES } from "../domain/fixtures.ts";

const AT = OPENING + HOUR / 2;
const IMAGE = { role: "main", width: 640, height: 800, bytes: 1, type: "image/png", sha256: "a".repeat(64) } as const;
const card = (id: string, over: Partial<ServedCard> = {}): ServedCard => ({
  id,
  campaign: "cmp",
  template: "310",
  text: { text: "新品上市" },
  offer: { text: "八折", price: 12_305, salePrice: 9_990 },
  callToAction: "去逛逛",
  images: [IMAGE],
  destination: { kind: "store", id: "1" },
  ...over,
});
const brand = (name: string, cards: readonly ServedCard[] = [card(`card-${name}`)]): ServedBrand => ({
  brand: name,
  grants: [
    {
      id: `grt-${name}`,
      names: { zh: `牌${name}`, en: name },
      phases: ["wave-1"],
      templates: ["310"],
      state: "current",
      expiresAt: SEASON_END,
    },
  ],
  attestation: { state: "current", expiresAt: SEASON_END },
  campaigns: [{ id: "cmp", flight: null, cards }],
});
const snapshotOf = (brands: readonly ServedBrand[]): Snapshot => {
  const { id, marketplace, names, instants } = season();
  return {
    surface: "wechat-moments",
    seasons: [{ id, version: 2, marketplace, names, status: "open", phases: WAVES, instants, rings: [], ringTurns: [], brands }],
  };
};

const signer: Signer = { keyId: "k1", sign: () => "s".repeat(43), verify: () => true };
let seeds = 0;
function bidder(brands: readonly ServedBrand[], over: Partial<Parameters<typeof bidCards>[0]> = {}) {
  const bid = bidCards({
    freshSnapshot: async () => ({ snapshot: snapshotOf(brands), since: 1, board: EMPTY_BOARD, confirmedAt: AT }),
    catalogue: shippedCatalogue(),
    signer,
    decisions: signer,
    publicUrl: "https://gate.example",
    now: () => AT,
    newSeed: () => [++seeds, 1],
    pointOf: () => 0,
    log: () => undefined,
    ...over,
  });
  return (request: object) => {
    const found = fromOutside(openrtb.bid.body, { id: "1", user: { id: "v" }, ...request });
    if ("faults" in found) throw new Error(JSON.stringify(found.faults));
    const user = { sub: "f", role: "feed", tenant: "wechat" } as const;
    return bid({ params: { surface: "wechat-moments" }, query: {}, body: found.value as BidAsk, user, requestId: "r" });
  };
}
const asking = (...assets: readonly object[]) => ({
  request: JSON.stringify({ assets: assets.map((asset, id) => ({ id, required: 1, ...asset })) }),
});
const TITLE = { title: { len: 90 } };
const one = (...assets: readonly object[]) => ({ imp: [{ id: "1", native: asking(...assets) }] });
const reasonsOf = ({ ext }: Awaited<ReturnType<ReturnType<typeof bidder>>>) => ext?.nobids.map(({ reason }) => reason);
const markupOf = ({ seatbid }: Awaited<ReturnType<ReturnType<typeof bidder>>>) => JSON.parse(seatbid[0]?.bid[0]?.adm ?? "null");

test("where our own addresses are plain http, an impression that has to be secure is not bid for", async () => {
  const bid = bidder([brand("a")], { publicUrl: "http://127.0.0.1:3000" });
  expect(reasonsOf(await bid({ imp: [{ id: "1", secure: 1, native: asking(TITLE) }] }))).toEqual(["not-secure"]);
  expect(reasonsOf(await bid({ imp: [{ id: "1", secure: 0, native: asking(TITLE) }] }))).toBeUndefined();
});

test("a store that is away is a technical error, said once in the log; one that fails otherwise is ours to hear of", async () => {
  const said: string[] = [];
  const away = bidder([], { freshSnapshot: () => Promise.reject(new Unavailable()), log: (_level, event) => said.push(event) });
  expect(await away({ imp: [1, 2].map((id) => ({ id: String(id), native: asking(TITLE) })) })).toMatchObject({ nbr: 1, seatbid: [] });
  expect(said).toEqual(["snapshot-unavailable"]);
  await expect(bidder([], { freshSnapshot: () => Promise.reject(new TypeError("ours")) })(one(TITLE))).rejects.toThrow("ours");
});

test("a snapshot that was confirmed too long ago is not bid from", async () => {
  const stale = { snapshot: snapshotOf([brand("a")]), since: 1, board: EMPTY_BOARD, confirmedAt: AT - 5_001 };
  expect(await bidder([], { freshSnapshot: async () => stale })(one(TITLE))).toMatchObject({ nbr: 1, seatbid: [] });
});

test("prices are written to the fen", async () => {
  const { assets } = markupOf(await bidder([brand("a")])(one({ data: { type: 6 } }, { data: { type: 7 } })));
  expect(assets.map(({ data }: { data: { value: string } }) => data.value)).toEqual(["¥123.05", "¥99.90"]);
});

test("lengths are those of characters, whatever they are made of", async () => {
  const bid = bidder([brand("a", [card("x", { text: { text: "𠮷野家新品" } })])]);
  expect((await bid(one({ title: { len: 5 } }))).seatbid).toHaveLength(1);
  expect(reasonsOf(await bid(one({ title: { len: 4 } })))).toEqual(["assets-unfillable"]);
});

describe("a snapshot from before grants had ids and names", () => {
  const former = { ...brand("a"), grants: brand("a").grants.map(({ id: _id, names: _names, ...rest }) => rest) };

  test("fills what needs neither", async () => {
    expect((await bidder([former])(one(TITLE))).seatbid[0]?.bid[0]?.ext.grant).toBe("");
  });

  test("has no sponsor to name, and no deal", async () => {
    expect(reasonsOf(await bidder([former])(one({ data: { type: 1 } })))).toEqual(["assets-unfillable"]);
    const deal = { imp: [{ id: "1", native: asking(TITLE), pmp: { private_auction: 1, deals: [{ id: "grt-a" }] } }] };
    expect(reasonsOf(await bidder([former])(deal))).toEqual(["deal-unknown"]);
  });
});

test("whatever is asked, each impression has one answer, no brand two impressions, and no text more than was allowed", async () => {
  const brands = ["a", "b", "c", "d"].map((name, index) => brand(name, [card(name, { text: { text: "新".repeat(2 + index) } })]));
  const bid = bidder(brands);
  const grants = fc.subarray(["grt-a", "grt-b", "grt-c", "grt-d", "grt-x"]);
  const imp = fc.record({ len: fc.integer({ min: 1, max: 6 }), deals: grants, isPrivate: fc.constantFrom(0, 1) });
  await fc.assert(
    fc.asyncProperty(fc.array(imp, { minLength: 1, maxLength: 6 }), fc.subarray(["a", "b", "c", "d"]), async (imps, bseat) => {
      const answer = await bid({
        bseat,
        imp: imps.map(({ len, deals, isPrivate }, id) => ({
          id: String(id),
          native: asking({ title: { len } }),
          pmp: { private_auction: isPrivate, deals: deals.map((deal) => ({ id: deal })) },
        })),
      });
      const bids = answer.seatbid.flatMap((seat) => seat.bid);
      const answered = [...bids, ...(answer.ext?.nobids ?? [])].map(({ impid }) => Number(impid)).sort();
      expect(answered).toEqual(imps.map((_, id) => id));
      const seats = answer.seatbid.map(({ seat }) => seat);
      expect(new Set(seats).size).toBe(seats.length);
      expect(seats.filter((seat) => bseat.includes(seat))).toEqual([]);
      for (const { impid, adm, dealid, ext } of bids) {
        const asked = imps[Number(impid)];
        expect([...JSON.parse(adm).assets[0].title.text].length).toBeLessThanOrEqual(asked?.len ?? 0);
        if (asked?.isPrivate === 1) expect(asked.deals).toContain(dealid);
        if (dealid !== undefined) expect(dealid).toBe(ext.grant);
      }
    }),
  );
});
