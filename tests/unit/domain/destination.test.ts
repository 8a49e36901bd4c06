import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import { isReachable, type LinkForm, type LinkKind, type Marketplace } from "../../../lib/domain/destination.ts";
import type { Host } from "../../../lib/domain/host.ts";
import { waysFor } from "../../../lib/domain/routing.ts";
import { SYSTEMS } from "../../../lib/domain/targeting.ts";
import { NAMES } from "./fixtures.ts";

const form = (id: string, url: string, needsApp: string | null = null): LinkForm => ({
  id,
  by: needsApp === null ? "web" : "scheme",
  url,
  needsApp,
  os: null,
});
const FORMS = [
  form("first", "one://s/{storeId}", "one"),
  form("second", "two://w?u={webUrl}", "two"),
  form("web", "https://s.example/?id={storeId}&a=b"),
];
const market = (store: readonly LinkForm[] = FORMS): Marketplace => ({
  id: "m",
  names: NAMES,
  storeTypes: [],
  apps: ["one", "two"],
  appStoreIds: {},
  domain: "m.example",
  links: { store, item: [form("web", "https://item.example/{itemId}")] },
});
const OPEN: Host = {
  id: "h",
  names: NAMES,
  doors: [{ id: "d", by: ["scheme", "web"], surfaces: null, os: null, from: null, before: null, permission: null, through: "straight" }],
  permits: [],
};
const to = (installedApps: readonly string[], id = "42", forms: readonly LinkForm[] = FORMS, host: Host | undefined = OPEN) => {
  const [way] = waysFor(
    { marketplace: market(forms), host, domain: "gate.example" },
    { kind: "store", id },
    { surface: "s", os: null, hostVersion: "", installedApps },
  );
  return way && { id: way.id, url: way.url };
};

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

  test("is the web page, where nothing is known of the host", () => {
    const ground = { marketplace: market(), host: undefined, domain: "gate.example" };
    const phone = { surface: "s", os: "ios", hostVersion: "9", installedApps: ["one"] } as const;
    expect(waysFor(ground, { kind: "store", id: "42" }, phone)).toEqual([
      { id: "web", by: "web", needsApp: null, url: "https://s.example/?id=42&a=b", door: "web", through: "straight" },
    ]);
  });

  test("there is none where the marketplace offers none for the viewer", () => {
    expect(to([], "42", FORMS.slice(0, 2))).toBeUndefined();
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
    expect(isReachable(market(), { kind: "store", id }, ["one"], () => true)).toBe(false);
  });

  test.each(["0", "9".repeat(20)])("there is one to %s", (id) => {
    expect(to([], id)?.url).toBe(`https://s.example/?id=${id}&a=b`);
  });
});

describe("a destination can be reached", () => {
  const reached = (apps: readonly string[], open: readonly LinkKind[], forms = FORMS) =>
    isReachable(market(forms), { kind: "store", id: "1" }, apps, (kind) => open.includes(kind));

  test.each([
    ["by the web, whatever the apps", [], ["web"], true],
    ["by the web, with an app too", ["one"], ["web"], true],
    ["by an app that is there", ["two"], ["app"], true],
    ["by no app that is not there", ["three"], ["app"], false],
    ["by nothing, where both are stopped", ["one"], [], false],
  ] as const)("%s", (_name, apps, open, expected) => {
    expect(reached(apps, open)).toBe(expected);
  });

  test("by nothing, where the marketplace has no form", () => {
    expect(reached(["one"], ["app", "web"], [])).toBe(false);
  });
});

describe("Tmall's links in WeChat Moments", () => {
  const catalogue = shippedCatalogue();
  const tmall = catalogue.marketplace("tmall") as Marketplace;
  const ground = { marketplace: tmall, host: catalogue.host("wechat"), domain: "gate.example" };
  const kinds = fc.constantFrom("store" as const, "item" as const);
  const ids = fc.stringMatching(/^[1-9][0-9]{0,19}$/);
  const phones = fc.record({
    surface: fc.constantFrom("wechat-moments", "elsewhere"),
    os: fc.constantFrom(...SYSTEMS, null),
    hostVersion: fc.constantFrom("", "6.9", "7.0.12", "8.0.50"),
    installedApps: fc.array(fc.oneof(fc.constantFrom("tmall", "taobao", "wechat"), fc.string()), { maxLength: 20 }),
  });

  /** All there are: scheme, host and path of each form, and the parameter that holds the number. */
  const KNOWN = {
    "store tmall-app": ["tmall:", "page.tm", "/shop", "shopId"],
    "store taobao-app": ["tbopen:", "m.taobao.com", "/tbopen/index.html", "h5Url"],
    "store web": ["https:", "shop.m.taobao.com", "/shop/shop_index.htm", "shop_id"],
    "item tmall-app": ["tmall:", "page.tm", "/itemDetail", "itemId"],
    "item taobao-app": ["tbopen:", "m.taobao.com", "/tbopen/index.html", "h5Url"],
    "item web": ["https:", "detail.tmall.com", "/item.htm", "id"],
  } as const;

  test("lead to the app that is there, in order, or to the web: by the expected scheme, host and path, with the number where it belongs", () => {
    fc.assert(
      fc.property(kinds, ids, phones, (kind, id, phone) => {
        const [way] = waysFor(ground, { kind, id }, phone);
        const apps = phone.surface === "wechat-moments" ? phone.installedApps : [];
        const expected = apps.includes("tmall") ? "tmall-app" : apps.includes("taobao") ? "taobao-app" : "web";
        expect(way?.id).toBe(expected);
        const known = KNOWN[`${kind} ${expected}`];
        const url = new URL(way?.url ?? "");
        expect([url.protocol, url.host, url.pathname]).toEqual(known.slice(0, 3));
        expect([url.username, url.password, url.port, url.hash]).toEqual(["", "", "", ""]);
        const value = url.searchParams.get(known[3]);
        if (expected !== "taobao-app") return expect(value).toBe(id);
        expect(url.searchParams.get("action")).toBe("ali.open.nav");
        expect(value).toBe(waysFor(ground, { kind, id }, { ...phone, installedApps: [] })[0]?.url);
      }),
    );
  });

  test("are of every means, each where its system is", () => {
    const forms = (["store", "item"] as const).flatMap((kind) =>
      tmall.links[kind].map(({ id, by, os }) => `${kind} ${id}: ${by} ${os ?? "any"}`),
    );
    expect(forms).toEqual([
      "store tmall-intent: intent android",
      "store tmall-app: scheme any",
      "store taobao-universal: universal-link ios",
      "store taobao-app-link: app-link android",
      "store taobao-intent: intent android",
      "store taobao-app: scheme any",
      "store web: web any",
      "item tmall-universal: universal-link ios",
      "item tmall-app-link: app-link android",
      "item tmall-intent: intent android",
      "item tmall-app: scheme any",
      "item taobao-intent: intent android",
      "item taobao-app: scheme any",
      "item web: web any",
    ]);
  });

  test("as an intent, name the app and the web page to fall back to", () => {
    const doors = OPEN.doors.map((door) => ({ ...door, by: ["intent", "web"] as const }));
    const phone = { surface: "s", os: "android", hostVersion: "", installedApps: ["tmall", "taobao"] } as const;
    const urls = waysFor({ ...ground, host: { ...OPEN, doors } }, { kind: "item", id: "7" }, phone).map(({ url }) => url);
    expect(urls).toEqual([
      "intent://page.tm/itemDetail?itemId=7#Intent;scheme=tmall;package=com.tmall.wireless;S.browser_fallback_url=https%3A%2F%2Fdetail.tmall.com%2Fitem.htm%3Fid%3D7;end",
      "intent://m.taobao.com/tbopen/index.html?action=ali.open.nav&module=h5&h5Url=https%3A%2F%2Fdetail.tmall.com%2Fitem.htm%3Fid%3D7#Intent;scheme=tbopen;package=com.taobao.taobao;S.browser_fallback_url=https%3A%2F%2Fdetail.tmall.com%2Fitem.htm%3Fid%3D7;end",
      "https://detail.tmall.com/item.htm?id=7",
    ]);
  });
});
