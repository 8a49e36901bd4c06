import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import { type Marketplace, route } from "../../../lib/domain/destination.ts";
import { NAMES } from "./fixtures.ts";

const form = (id: string, url: string, needsApp: string | null = null) => ({ id, url, needsApp });
const market = (store: Marketplace["links"]["store"]): Marketplace => ({
  id: "m",
  names: NAMES,
  storeTypes: [],
  apps: ["one", "two"],
  appStoreIds: {},
  domain: "m.example",
  links: { store, item: [form("web", "https://item.example/{itemId}")] },
});
const FORMS = [
  form("first", "one://s/{storeId}", "one"),
  form("second", "two://w?u={webUrl}", "two"),
  form("web", "https://s.example/?id={storeId}&a=b"),
];
const to = (apps: readonly string[], id = "42", forms = FORMS) => route(market(forms), { kind: "store", id }, apps);

describe("the way in", () => {
  test.each([
    ["the first app, where it is installed", ["one"], { id: "first", url: "one://s/42" }],
    [
      "the second app, with the web address inside it",
      ["two"],
      { id: "second", url: "two://w?u=https%3A%2F%2Fs.example%2F%3Fid%3D42%26a%3Db" },
    ],
    ["by the marketplace's order and not the viewer's", ["two", "one"], { id: "first", url: "one://s/42" }],
    ["the web, without an app", [], { id: "web", url: "https://s.example/?id=42&a=b" }],
    ["the web, with an app of another marketplace", ["three", "__proto__", ""], { id: "web", url: "https://s.example/?id=42&a=b" }],
  ])("is %s", (_name, apps, link) => {
    expect(to(apps)).toEqual(link);
  });

  test("is the first of two web pages", () => {
    const pages = [form("one", "https://one.example/{storeId}"), form("other", "https://other.example/{storeId}")];
    expect(to([], "42", pages)).toEqual({ id: "one", url: "https://one.example/42" });
  });

  test("an item has forms of its own", () => {
    expect(route(market(FORMS), { kind: "item", id: "7" }, ["one"])).toEqual({ id: "web", url: "https://item.example/7" });
  });

  test("there is none where the marketplace offers none for the viewer", () => {
    expect(to([], "42", FORMS.slice(0, 2))).toBeUndefined();
    expect(to(["one"], "42", FORMS.slice(0, 1))).toEqual({ id: "first", url: "one://s/42" });
    expect(to(["two"], "42", FORMS.slice(0, 2))).toEqual({ id: "second", url: "two://w?u=" });
    expect(to(["one"], "42", [])).toBeUndefined();
  });

  test.each([
    "",
    "4 2",
    "42\n",
    "\n42",
    "-1",
    "1.5",
    "1e3",
    "0x2a",
    "４２",
    "٤٢",
    "42/../x",
    "42?x",
    "42#x",
    "%34",
    "{webUrl}",
    "9".repeat(21),
  ])("there is none to %j, which is no number", (id) => {
    expect(to(["one"], id)).toBeUndefined();
  });

  test.each(["0", "9".repeat(20)])("there is one to %s", (id) => {
    expect(to([], id)?.url).toBe(`https://s.example/?id=${id}&a=b`);
  });
});

describe("Tmall's links", () => {
  const tmall = shippedCatalogue().marketplace("tmall") as Marketplace;
  const ids = fc.stringMatching(/^[1-9][0-9]{0,19}$/);
  const apps = fc.array(fc.oneof(fc.constantFrom("tmall", "taobao", "wechat"), fc.string()), { maxLength: 20 });

  /** All there are: scheme, host and path of each form, and the parameter that holds the number. */
  const KNOWN = {
    "store tmall-app": ["tmall:", "page.tm", "/shop", "shopId"],
    "store taobao-app": ["tbopen:", "m.taobao.com", "/tbopen/index.html", "h5Url"],
    "store web": ["https:", "shop.m.taobao.com", "/shop/shop_index.htm", "shop_id"],
    "item tmall-app": ["tmall:", "page.tm", "/itemDetail", "itemId"],
    "item taobao-app": ["tbopen:", "m.taobao.com", "/tbopen/index.html", "h5Url"],
    "item web": ["https:", "detail.tmall.com", "/item.htm", "id"],
  } as const;

  test("are the known ones", () => {
    const found = (["store", "item"] as const).flatMap((kind) => tmall.links[kind].map(({ id }) => `${kind} ${id}`));
    expect(found).toEqual(Object.keys(KNOWN));
  });

  test("lead to the app that is there, in order, or to the web", () => {
    const kinds = fc.constantFrom("store" as const, "item" as const);
    fc.assert(
      fc.property(kinds, ids, apps, (kind, id, installed) => {
        const expected = installed.includes("tmall") ? "tmall-app" : installed.includes("taobao") ? "taobao-app" : "web";
        expect(route(tmall, { kind, id }, installed)?.id).toBe(expected);
      }),
    );
  });

  test("have whatever the number and the apps the expected scheme, host and path, and the number where it belongs", () => {
    const kinds = fc.constantFrom("store" as const, "item" as const);
    fc.assert(
      fc.property(kinds, ids, apps, (kind, id, installed) => {
        const link = route(tmall, { kind, id }, installed);
        const known = KNOWN[`${kind} ${link?.id}` as keyof typeof KNOWN];
        const url = new URL(link?.url ?? "");
        expect([url.protocol, url.host, url.pathname]).toEqual(known.slice(0, 3));
        expect([url.username, url.password, url.port, url.hash]).toEqual(["", "", "", ""]);
        const value = url.searchParams.get(known[3]);
        if (link?.id !== "taobao-app") return expect(value).toBe(id);
        expect(url.searchParams.get("action")).toBe("ali.open.nav");
        expect(value).toBe(route(tmall, { kind, id }, [])?.url);
      }),
    );
  });

  test("are all followed by the web page, which needs no app", () => {
    for (const forms of Object.values(tmall.links)) expect(forms.map(({ needsApp }) => needsApp)).toEqual(["tmall", "taobao", null]);
  });
});
