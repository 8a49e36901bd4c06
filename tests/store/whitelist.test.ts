import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import type { Grant } from "../../lib/domain/grant.ts";
import type { WhitelistView } from "../../lib/domain/whitelist.ts";
import { whitelistStore } from "../../lib/store/whitelist.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";
import { brandNumber, grantOf, keepRows, vouchFor } from "../support/whitelist-rows.ts";

const SURFACE = "wechat-moments";
const GRANTS = 230;
const place = { surface: SURFACE, season: "618-2024" };
const everything: WhitelistView = { ...place, where: {} };

/** One brand in ten has two grants, one in seven is suspended, every third is a franchise. */
const brands = Array.from({ length: GRANTS }, (_, index) => brandNumber(index));
const grants: readonly Grant[] = brands.flatMap((brand, index) => {
  const like = { state: index % 7 === 0 ? "suspended" : "current", storeType: index % 3 === 0 ? "franchise" : "flagship" } as const;
  return [grantOf(brand, 1, like), ...(index % 10 === 0 ? [grantOf(brand, 2, like)] : [])];
});

// The SDK waits a second and more between tries against throttling.
jest.setTimeout(60_000);

let store: StoreBehindProxy;
beforeAll(async () => {
  store = await storeBehindProxy();
  await keepRows(store.registry, [...grants, grantOf("brd_0", 9, { season: "another" }), grantOf("brd_0", 9, { surface: "another" })]);
  await keepRows(
    store.registry,
    brands.filter((_, index) => index % 5 !== 0).map((brand) => vouchFor(brand)),
  );
  store.proxy.clear();
});
beforeEach(() => store.proxy.clear());
afterAll(() => store.close());

const whitelist = () => whitelistStore(store.registry);

/** Every page to the end. */
async function walk(view: WhitelistView, limit: number) {
  const pages: (readonly Grant[])[] = [];
  let after: string | null = null;
  do {
    const page = await whitelist().page(view, { limit, after });
    pages.push(page.grants);
    after = page.next;
  } while (after !== null);
  return pages;
}

describe("pages", () => {
  test.each([1, 7, 50, 100, 1_000])("of %i are filled, and are together every grant once, by brand, then grant", async (limit) => {
    const pages = await walk(everything, limit);
    expect(pages.flat()).toEqual(grants);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
    expect(pages.at(-1)?.length).toBeGreaterThan(0);
  });

  test("that end with the last grant say so, and none empty follows", async () => {
    const whole = await whitelist().page(everything, { limit: grants.length, after: null });
    expect([whole.grants.length, whole.next]).toEqual([grants.length, null]);
  });

  test.each([
    ["state", { state: "suspended" }],
    ["store type", { storeType: "franchise" }],
    ["both", { state: "suspended", storeType: "franchise" }],
    ["what none has", { storeType: "independent" }],
    ["another marketplace", { marketplace: "jd" }],
  ] as const)("by %s are filled with what fits", async (_, where) => {
    const fitting = grants.filter((grant) => Object.entries(where).every(([name, value]) => grant[name as keyof Grant] === value));
    const pages = await walk({ ...everything, where }, 5);
    expect(pages.flat()).toEqual(fitting);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(5);
  });

  test("of one brand have its own and not those of one whose name begins with it", async () => {
    const [first = ""] = brands;
    expect((await walk({ ...everything, brand: first }, 1)).flat()).toEqual(grants.slice(0, 2));
    expect((await walk({ ...everything, brand: first.slice(0, -1) }, 1)).flat()).toEqual([]);
  });

  test("of an unknown season are one, and empty", async () => {
    expect(await walk({ ...everything, season: "nowhere" }, 5)).toEqual([[]]);
  });

  test("are the same when the store gives few items at a time", async () => {
    store.proxy.rules([{ op: "Query", act: "smallPages", n: 3 }]);
    const pages = await walk(everything, 50);
    expect(pages.flat()).toEqual(grants);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(50);
  });

  test("end sooner when a filter drops more than one request may read, and go on from there", async () => {
    const where = { state: "revoked" } as const;
    store.proxy.rules([{ op: "Query", act: "smallPages", n: 1 }]);
    const first = await whitelist().page({ ...everything, where }, { limit: 5, after: null });
    expect(first.grants).toEqual([]);
    expect(first.next).not.toBeNull();
    expect(store.proxy.calls).toEqual({ Query: 100 });
    expect((await walk({ ...everything, where }, 5)).flat()).toEqual([]);
    expect((await walk({ ...everything, where: { storeType: "franchise" } }, 5)).flat()).toEqual(
      grants.filter(({ storeType }) => storeType === "franchise"),
    );
  });

  test("without a filter take one read each, of no more than is wanted", async () => {
    await whitelist().page(everything, { limit: 50, after: null });
    expect(store.proxy.calls).toEqual({ Query: 1 });
    expect(JSON.parse(store.proxy.log[0]?.body ?? "")).toMatchObject({ Limit: 51, ConsistentRead: true });
  });

  test("begin behind a grant that has gone meanwhile", async () => {
    const extra = grantOf(`${brands[3]}`, 9);
    await keepRows(store.registry, [extra]);
    const { next } = await whitelist().page({ ...everything, brand: extra.brand }, { limit: 1, after: null });
    expect(next).not.toBeNull();
    const gone = `${extra.brand}#${extra.id}`;
    const { pk, sk } = { pk: `LINEUP#${SURFACE}#618-2024`, sk: `GRANT#${gone}` };
    await store.registry.delete({ pk, sk });
    const { grants: rest } = await whitelist().page(everything, { limit: 2, after: gone });
    expect(rest).toEqual(grants.filter(({ brand }) => brand > extra.brand).slice(0, 2));
  });
});

describe("the keys of many brands", () => {
  const some = brands.filter((_, index) => index % 2 === 0);
  const vouched = some.filter((brand) => brands.indexOf(brand) % 5 !== 0);

  test("grants are found by brand, each consistently; a brand without any has none", async () => {
    const found = await whitelist().grants(place, [...some, "brd_nobody"]);
    expect([...found.keys()].sort()).toEqual([...some, "brd_nobody"].sort());
    for (const [brand, theirs] of found) expect(theirs).toEqual(grants.filter((grant) => grant.brand === brand));
    for (const { body } of store.proxy.log) expect(JSON.parse(body)).toMatchObject({ ConsistentRead: true });
  });

  test("grants of many brands in a list of ordinary length take one read; in a longer one, and of few brands, one for each", async () => {
    const whole = await whitelist().grants(place, some);
    expect(store.proxy.calls).toEqual({ Query: 1 });
    store.proxy.rules([{ op: "Query", act: "smallPages", n: 200 }]);
    const each = await whitelist().grants(place, some);
    expect(store.proxy.calls).toEqual({ Query: 2 + some.length });
    expect(each).toEqual(whole);
    await whitelist().grants(place, some.slice(0, 100));
    expect(store.proxy.calls).toEqual({ Query: 2 + some.length + 100 });
  });

  test("attestations are found by brand, consistently, a hundred at a time", async () => {
    const found = await whitelist().attestations(place, [...brands, "brd_nobody"]);
    expect([...found.keys()].sort()).toEqual(brands.filter((_, index) => index % 5 !== 0).sort());
    expect(store.proxy.calls).toEqual({ BatchGetItem: 3 });
    for (const { body } of store.proxy.log) expect(body).toContain('"ConsistentRead":true');
  });

  test("nobody is asked for nothing", async () => {
    expect(await whitelist().attestations(place, [])).toEqual(new Map());
    expect(await whitelist().grants(place, [])).toEqual(new Map());
    expect(store.proxy.log).toEqual([]);
  });

  test.each([1, 7, 99])("attestations are all found when the store answers %i of each batch", async (n) => {
    store.proxy.rules([{ op: "BatchGetItem", act: "partialBatch", n }]);
    expect([...(await whitelist().attestations(place, some)).keys()].sort()).toEqual(vouched.sort());
  });

  test("a store that answers none of a batch for long is unavailable, and no brand is taken for one without", async () => {
    store.proxy.rules([{ op: "BatchGetItem", act: "partialBatch", n: 0 }]);
    await expect(whitelist().attestations(place, some)).rejects.toThrow(Unavailable);
  });

  test("one that answers none of it for a moment is asked again", async () => {
    store.proxy.rules([{ op: "BatchGetItem", act: "partialBatch", n: 0, times: 4 }]);
    expect([...(await whitelist().attestations(place, some)).keys()].sort()).toEqual(vouched.sort());
  });

  test.each(["throttle", "internal", "reset", "loseResponse", "truncate"] as const)("a passing fault (%s) changes nothing", async (act) => {
    store.proxy.rules([
      { op: "BatchGetItem", act, times: 1 },
      { op: "Query", act, times: 1 },
    ]);
    expect((await whitelist().attestations(place, some)).size).toBe(vouched.length);
    expect((await whitelist().grants(place, some)).size).toBe(some.length);
  });

  test.each(["throttle", "internal", "reset", "garbage"] as const)("a lasting one (%s) is told as Unavailable", async (act) => {
    store.proxy.rules([{ op: "*", act }]);
    await expect(whitelist().attestations(place, some.slice(0, 3))).rejects.toThrow(Unavailable);
    await expect(whitelist().grants(place, some.slice(0, 3))).rejects.toThrow(Unavailable);
    await expect(whitelist().page(everything, { limit: 5, after: null })).rejects.toThrow(Unavailable);
  });
});
