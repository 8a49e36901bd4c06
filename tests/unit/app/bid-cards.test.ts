import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { bidCards } from "../../../lib/app/bid-cards.ts";
import { claims } from "../../../lib/app/claims.ts";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { openrtb } from "../../../lib/contracts/openrtb.ts";
import { fromOutside } from "../../../lib/contracts/wire.ts";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import { eventIds } from "../../../lib/deps/event-ids.ts";
import { hmacSigner } from "../../../lib/deps/signer.ts";
import { UNCORRECTED } from "../../../lib/domain/correction.ts";
import { openToken, type Signer } from "../../../lib/domain/event-token.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import type { Lease } from "../../../lib/domain/lease.ts";
import type { BidAsk } from "../../../lib/domain/openrtb/ask.ts";
import { networkOf, profileOf, viewerKeyOf } from "../../../lib/domain/openrtb/viewer.ts";
import type { ServedBrand, ServedCampaign, ServedCard, Snapshot } from "../../../lib/domain/snapshot.ts";
import { nothingCapped } from "../../support/nothing-capped.ts";
import { HOUR, OPENING, servedBrand, servedCampaign, servedCard, servedGrant, servedSeason, servedSnapshot } from "../domain/fixtures.ts";

const AT = OPENING + HOUR / 2;
const IMAGE = { role: "main", width: 640, height: 800, bytes: 1, type: "image/png", sha256: "a".repeat(64) } as const;
const card = (id: string, over: Partial<ServedCard> = {}): ServedCard =>
  servedCard({
    id,
    text: { text: "新品上市" },
    offer: { text: "八折", price: 12_305, salePrice: 9_990, validity: null },
    images: [IMAGE],
    ...over,
  });
const brand = (name: string, cards: readonly ServedCard[] = [card(`card-${name}`)], category = name): ServedBrand =>
  servedBrand(name, {
    grants: [servedGrant({ id: `grt-${name}`, names: { zh: `牌${name}`, en: name } })],
    campaigns: [servedCampaign({ category, cards })],
  });
const snapshotOf = (brands: readonly ServedBrand[], separation = { brand: 0, category: 0 }): Snapshot => ({
  ...servedSnapshot([servedSeason(brands)]),
  separation,
});
const confirmedOf = (snapshot: Snapshot, confirmedAt = AT) => ({
  snapshot,
  withheld: [],
  since: 1,
  board: EMPTY_BOARD,
  correction: UNCORRECTED,
  confirmedAt,
});

const signer: Signer = { keyId: "k1", sign: () => "s".repeat(43), verify: () => true };
let seeds = 0;
function bidder(brands: readonly ServedBrand[], over: Partial<Parameters<typeof bidCards>[0]> = {}) {
  const confirmed = confirmedOf(snapshotOf(brands));
  const bid = bidCards({
    freshSnapshot: () => confirmed,
    catalogue: shippedCatalogue(),
    claims: nothingCapped,
    signer,
    decisions: signer,
    publicUrl: "https://gate.example",
    domain: "gate.example",
    eventIds,
    now: () => AT,
    newSeed: () => [++seeds, 1],
    pointOf: () => 0,
    inTime: async (what) => ({ value: await what }),
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

describe("a campaign with a cap", () => {
  const DAILY = { caps: { daily: 10, total: null } };
  const capped = (settings: Partial<ServedCampaign>) =>
    servedBrand("a", {
      grants: [servedGrant({ id: "grt-a" })],
      campaigns: [servedCampaign({ ...settings, category: "a", cards: [card("card-a")] })],
    });
  /** Claims on stores that know of so many reserved impressions, and are asked so often. */
  const claiming = (reserved: number, over: Partial<Parameters<typeof claims>[0]> = {}) => {
    const asked: string[] = [];
    const said =
      <T>(what: string, answer: T) =>
      async () => {
        asked.push(what);
        return answer;
      };
    return {
      asked,
      claims: claims({
        leases: { reserved: said("reserved", { daily: reserved, total: reserved }), take: said("take", true) },
        viewers: { counts: said("counts", {}), count: said("count", true) },
        markOf: (season, rotation, viewer) => `${season} ${rotation} ${viewer}`,
        newNonce: () => "n",
        machineNow: () => AT,
        log: () => undefined,
        ...over,
      }),
    };
  };

  test("is bid for out of a lease, which is asked for once and named by the impression's address", async () => {
    const { asked, claims } = claiming(0);
    const leases: string[] = [];
    const taking = { reserved: async () => ({ daily: 0, total: 0 }), take: async ({ id }: Lease) => leases.push(id) > 0 };
    const { claims: noting } = claiming(0, { leases: taking });
    const bid = bidder([capped(DAILY)], { claims });
    expect(markupOf(await bid(one(TITLE)))).not.toBeNull();
    expect(asked).toEqual(["reserved", "take"]);
    const signer = hmacSigner("k1:0123456789abcdef0123456789abcdef");
    const { eventtrackers } = markupOf(await bidder([capped(DAILY)], { claims: noting, signer })(one(TITLE)));
    const token = eventtrackers[0].url.split("/i/")[1];
    expect(openToken(signer, "impression", token, AT).lease).toBe(leases[0]);
  });

  test("is not bid for when it is reached, or when nobody can say; the others are", async () => {
    expect(reasonsOf(await bidder([capped(DAILY)], { claims: claiming(10).claims })(one(TITLE)))).toEqual(["pacing-hold"]);
    const away = { leases: { reserved: () => Promise.reject(new Unavailable()), take: async () => true } };
    expect(reasonsOf(await bidder([capped(DAILY)], { claims: claiming(0, away).claims })(one(TITLE)))).toEqual(["pacing-hold"]);
    expect(reasonsOf(await bidder([capped(DAILY), brand("b")], { claims: claiming(10).claims })(one(TITLE)))).toBeUndefined();
  });

  test("for each viewer is bid for after one look at the viewer's counts and one writing, and not when they say that it is enough", async () => {
    const settings = { frequency: { most: 1, units: 1, unit: "day" } } as const;
    const { asked, claims } = claiming(0);
    expect(markupOf(await bidder([capped(settings)], { claims })(one(TITLE)))).not.toBeNull();
    expect(asked).toEqual(["counts", "count"]);
    const seen = { viewers: { counts: async () => ({ cmp: "" }), count: async () => false } };
    expect(reasonsOf(await bidder([capped(settings)], { claims: claiming(0, seen).claims })(one(TITLE)))).toEqual(["frequency-cap"]);
  });

  test("is not bid for when its lease has not come by half of tmax", async () => {
    const waits: number[] = [];
    // The snapshot comes, the lease does not.
    const inTime = async <T>(what: Promise<T>, ms: number) => {
      waits.push(ms);
      return waits.length % 2 === 1 ? { value: await what } : undefined;
    };
    const never = { leases: { reserved: () => new Promise<never>(() => undefined), take: async () => true } };
    const bid = bidder([capped(DAILY), brand("b")], { claims: claiming(0, never).claims, inTime });
    expect(reasonsOf(await bid({ ...one(TITLE), tmax: 120, wseat: ["a"] }))).toEqual(["pacing-hold"]);
    expect(waits).toEqual([60, 60]);
    expect(reasonsOf(await bid({ ...one(TITLE), tmax: 120 }))).toBeUndefined();
  });

  test("is shown to a test, which takes nothing", async () => {
    const { asked, claims } = claiming(10);
    expect(markupOf(await bidder([capped(DAILY)], { claims })({ ...one(TITLE), test: 1 }))).not.toBeNull();
    expect(asked).toEqual([]);
  });
});

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
  const stale = confirmedOf(snapshotOf([brand("a")]), AT - 5_001);
  expect(await bidder([], { freshSnapshot: async () => stale })(one(TITLE))).toMatchObject({ nbr: 1, seatbid: [] });
});

describe("a card's monitoring links", () => {
  const monitoring = {
    impression: ["https://t.monitor.example/i?i=__IMPRESSION_ID__&c=__CAMPAIGN_ID__"],
    click: ["https://t.monitor.example/c?i=__IMPRESSION_ID__&c=__CLICK_ID__&t=__CLICK_TIME__"],
  };
  const monitored = bidder([brand("a", [card("x", { monitoring })])]);
  const native = (over: object) => ({ request: JSON.stringify({ assets: [{ id: 0, required: 1, ...TITLE }], ...over }) });

  test("are trackers beside our own, filled with the ids that the events will be known by", async () => {
    const answer = await monitored(one(TITLE));
    const { eventtrackers, link } = markupOf(answer);
    const decision = answer.seatbid[0]?.bid[0]?.id ?? "";
    const [impression, click] = [eventIds("impression", decision, 0), eventIds("click", decision, 0)];
    expect(eventtrackers).toEqual([
      { event: 1, method: 1, url: expect.stringMatching(/^https:\/\/gate\.example\/i\//) },
      { event: 1, method: 1, url: `https://t.monitor.example/i?i=${impression}&c=cmp` },
    ]);
    expect(link.clicktrackers).toEqual([`https://t.monitor.example/c?i=${impression}&c=${click}&t=`]);
  });

  test("are pixels for those who ask by version 1.1", async () => {
    const { imptrackers, eventtrackers } = markupOf(await monitored({ imp: [{ id: "1", native: native({ ver: "1.1" }) }] }));
    expect([imptrackers.length, eventtrackers]).toEqual([2, undefined]);
  });

  test("are told of no test", async () => {
    const markup = markupOf(await monitored({ ...one(TITLE), test: 1 }));
    expect(markup).not.toHaveProperty("eventtrackers");
    expect(markup.link).not.toHaveProperty("clicktrackers");
  });

  test("are left out where a card has none", async () => {
    expect(markupOf(await bidder([brand("a")])(one(TITLE))).link).not.toHaveProperty("clicktrackers");
  });
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

test("a deal may name another grant of the brand than the one it would be shown under, and is told as that", async () => {
  const two = { ...brand("a"), grants: ["grt-1", "grt-2"].map((id) => servedGrant({ id, names: { zh: `牌${id}`, en: id } })) };
  const imp = [{ id: "1", native: asking({ data: { type: 1 } }), pmp: { private_auction: 1, deals: [{ id: "grt-2" }] } }];
  const answer = await bidder([two])({ imp });
  expect(answer.seatbid[0]?.bid[0]).toMatchObject({ dealid: "grt-2", ext: { grant: "grt-2" } });
  expect(markupOf(answer).assets).toEqual([{ id: 0, data: { type: 1, value: "牌grt-2" } }]);
});

test("a deal for a grant that is not good for the card is told why, though another grant of the brand is", async () => {
  const ended = servedGrant({ id: "grt-2", state: "suspended" });
  const other = { ...brand("a"), grants: [...brand("a").grants, ended] };
  const deal = (id: string) => ({ imp: [{ id: "1", native: asking(TITLE), pmp: { private_auction: 1, deals: [{ id }] } }] });
  expect(reasonsOf(await bidder([other])(deal("grt-2")))).toEqual(["grant-expired"]);
  expect(reasonsOf(await bidder([other])(deal("grt-3")))).toEqual(["deal-unknown"]);
});

test("of the brands that there are, only those that are drawn are opened", async () => {
  const opened = new Set<string>();
  const closed = Array.from({ length: 200 }, (_, index) => {
    const { campaigns, ...rest } = brand(`b${index}`);
    return Object.defineProperty({ ...rest } as ServedBrand, "campaigns", {
      enumerable: true,
      get() {
        opened.add(rest.brand);
        return campaigns;
      },
    });
  });
  const imp = ["1", "2", "3"].map((id) => ({ id, native: asking(TITLE) }));
  expect((await bidder(closed)({ imp })).seatbid).toHaveLength(3);
  expect(opened.size).toBeLessThan(20);
});

test("competitors are kept as far apart as the surface says, by what stands between them", async () => {
  const brands = [brand("a", [card("a")], "lamps"), brand("b", [card("b")], "lamps"), brand("c", [card("c")], "cats")];
  const apart = (category: number) => bidder([], { freshSnapshot: () => confirmedOf(snapshotOf(brands, { brand: 5, category })) });
  const under = (...names: readonly string[]) => ({
    imp: names.map((name, id) => ({
      id: String(id),
      native: asking(TITLE),
      pmp: { private_auction: 1, deals: [{ id: `grt-${name}` }] },
    })),
  });
  expect(reasonsOf(await apart(0)(under("a", "b")))).toBeUndefined();
  expect(reasonsOf(await apart(1)(under("a", "b")))).toEqual(["competitive-separation"]);
  expect(reasonsOf(await apart(2)(under("a", "c", "b")))).toEqual(["competitive-separation"]);
  expect(reasonsOf(await apart(1)(under("a", "b", "c")))).toEqual(["competitive-separation"]);
});

test.each([
  ["iOS", "ios"],
  ["HarmonyOS", "harmonyos"],
  ["Windows", undefined],
])("a viewer's system %s is %s", (os, known) => {
  expect(profileOf({ device: { os } }).os).toBe(known);
});

test.each([
  [{ country: "CHN", region: "SH" }, "CN-SH"],
  [{ country: "cn", region: "sh" }, "CN-SH"],
  [{ country: "USA", region: "US-CA" }, "US-CA"],
  [{ country: "USA", region: "CA" }, undefined],
  [{ country: "CHN" }, undefined],
  [{ region: "SH" }, undefined],
])("a viewer in %j is in %s", (geo, region) => {
  expect(profileOf({ device: { geo } }).region).toBe(region);
});

test.each([
  [{ user: { id: "a", buyeruid: "b" }, device: { ifa: "C" } }, "a"],
  [{ user: { buyeruid: "b" }, device: { ifa: "C" } }, "b"],
  [{ device: { ifa: "5F2B-1", lmt: 0 } }, "5f2b-1"],
  [{ device: { ifa: "5F2B-1", lmt: 1 } }, undefined],
  [{ device: { ifa: "00000000-0000-0000-0000-000000000000" } }, undefined],
  [{}, undefined],
])("the viewer of %j is known as %s", (ask, key) => {
  expect(viewerKeyOf(ask)).toBe(key);
});

test.each([
  [{ ip: "192.0.2.77" }, "192.0.2"],
  [{ ipv6: "2001:DB8:1:2::7" }, "2001:db8:1"],
  [{}, undefined],
])("the device %j asks from the network %s", (device, network) => {
  expect(networkOf({ device })).toBe(network);
});

test("a version that is not numbers with dots, and a segment that is no slug, tell nothing", () => {
  const told = profileOf({ app: { ver: "8.0-beta" }, user: { data: [{ segment: [{ id: "New Parents" }, {}, { id: "staff" }] }, {}] } });
  expect(told).toEqual({ os: undefined, region: undefined, hostVersion: undefined, segments: ["staff"] });
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
