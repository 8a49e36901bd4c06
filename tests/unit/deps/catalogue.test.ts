import { describe, expect, test } from "@jest/globals";
import { catalogueOf, shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import { dataFiles } from "../../support/routing-data.ts";

test("what ships is found by its id, and nothing else is", () => {
  const catalogue = shippedCatalogue();
  expect(catalogue.surfaces.map(({ id }) => id)).toEqual(["wechat-moments"]);
  expect(catalogue.surface("wechat-moments")).toBe(catalogue.surfaces[0]);
  expect(catalogue.host("wechat")?.id).toBe("wechat");
  expect(catalogue.marketplace("tmall")?.id).toBe("tmall");
  for (const id of ["", "elsewhere", "__proto__", "constructor"])
    expect([catalogue.surface(id), catalogue.host(id), catalogue.marketplace(id)]).toEqual([undefined, undefined, undefined]);
});

test("a marketplace, a host and a surface more are data, and no line of code", () => {
  const catalogue = catalogueOf(dataFiles());
  expect([catalogue.surface("breeze-stream")?.host, catalogue.host("breeze")?.id, catalogue.marketplace("sundry")?.id]).toEqual([
    "breeze",
    "breeze",
    "sundry",
  ]);
});

describe("data is refused", () => {
  // Data as it is in files, to be spoilt.
  // biome-ignore lint/suspicious/noExplicitAny: it may be spoilt anywhere.
  type Data = any;
  const SOURCE = { standing: "unverified", note: "Invented." };
  const sundry = (data: Data) => data.marketplaces[1];
  const breeze = (data: Data) => data.hosts[1];
  const store = (data: Data) => sundry(data).links.store;
  const leave = (data: Data) => breeze(data).permissions.leave;

  test.each<[string, RegExp, (data: Data) => void]>([
    [
      "a host that is not approved",
      /sundry-app: leads where nothing is approved/,
      (data) => (store(data)["sundry-app"].url = "sundry://evil/{storeId}"),
    ],
    [
      "a scheme that is not approved",
      /leads where nothing is approved/,
      (data) => (store(data)["sundry-app"].url = "evil://shop/{storeId}"),
    ],
    ["a script", /leads where nothing is approved/, (data) => (store(data)["sundry-app"].url = "javascript://shop/{storeId}")],
    ["plain http", /web: leads where nothing is approved/, (data) => (store(data).web.url = "http://m.sundry.example/{storeId}")],
    [
      "a host with the number in it",
      /leads where nothing is approved/,
      (data) => (store(data).web.url = "https://{storeId}.sundry.example/"),
    ],
    [
      "a host with a trailing dot",
      /leads where nothing is approved/,
      (data) => (store(data).web.url = "https://m.sundry.example./{storeId}"),
    ],
    ["a port", /leads where nothing is approved/, (data) => (store(data).web.url = "https://m.sundry.example:8443/{storeId}")],
    ["a user", /leads where nothing is approved/, (data) => (store(data).web.url = "https://a@m.sundry.example/{storeId}")],
    [
      "an intent for another app",
      /sundry-intent: leads where nothing is approved/,
      (data) => (store(data)["sundry-intent"].url = store(data)["sundry-intent"].url.replace("example.sundry", "example.evil")),
    ],
    ["a place that nothing fills", /sundry-app: nothing fills userId/, (data) => (store(data)["sundry-app"].url += "&u={userId}")],
    ["a macro that nobody knows", /sundry-app: nothing fills CALLBACK/, (data) => (store(data)["sundry-app"].url += "&u=__CALLBACK__")],
    ["an item's number in a store's address", /nothing fills itemId/, (data) => (store(data)["sundry-app"].url += "&i={itemId}")],
    ["a web page inside the web page", /nothing fills webUrl/, (data) => (store(data).web.url += "&u={webUrl}")],
    ["an address that says not where to", /does not say where to/, (data) => (store(data)["sundry-app"].url = "sundry://shop/s")],
    ["no web page", /last form is the web page/, (data) => delete store(data).web],
    ["a web page on one system alone", /last form is the web page/, (data) => (store(data).web.os = ["ios"])],
    ["a web page that needs an app", /last form is the web page/, (data) => (store(data).web.needsApp = "sundry")],
    ["an app link without an app", /names one of the marketplace's/, (data) => delete store(data)["sundry-app-link"].needsApp],
    ["an app that nobody knows", /names one of the marketplace's/, (data) => (store(data)["sundry-app"].needsApp = "other")],
    ["an approved origin with a path", /links|approved/, (data) => sundry(data).approved.push("https://a.example/x")],
    ["a system that nobody knows", /os/, (data) => (store(data)["sundry-app"].os = ["windows"])],
    ["a form without a source", /source/, (data) => delete store(data).web.source],
    ["a host without a door to the web", /lets everybody to the web/, (data) => delete breeze(data).doors.web],
    ["a door to the web from a version on", /lets everybody to the web/, (data) => (breeze(data).doors.web.from = "2")],
    ["a page before the web", /the web page needs none/, (data) => (breeze(data).doors.web.through = "page")],
    ["a door that shuts before it opens", /from has to be earlier/, (data) => (breeze(data).doors.intents.before = "3")],
    ["a door with a permission that is none", /permission that the host knows/, (data) => (breeze(data).doors.intents.permission = "x")],
    ["a version that is none", /numbers with dots/, (data) => (breeze(data).doors.intents.from = "3.x")],
    [
      "a door on a surface that the host has not",
      /breeze has no surface wechat-moments/,
      (data) => (breeze(data).doors.intents.surfaces = ["wechat-moments"]),
    ],
    ["a permission for an app that is none", /which is no app/, (data) => (leave(data).bindings[0].app = "other")],
    ["a permission for a marketplace that is none", /which is no app/, (data) => (leave(data).bindings[0].marketplace = "other")],
    ["a domain bound to two apps", /is bound twice/, (data) => (leave(data).bindings[1].domain = "go.gate.example")],
    ["an app bound to two domains", /is bound twice/, (data) => (leave(data).bindings[1].app = "sundry")],
    ["a domain of another legal entity", /two legal entities/, (data) => (leave(data).bindings[1].domainOwner = "Another Ltd")],
    ["a fourth change in a month", /4 changes in 2026-11/, (data) => leave(data).bindings[1].bound.push("2026-11-29", "2026-11-30")],
    ["a binding that is not a domain's", /domain|permissions/, (data) => (leave(data).bindings[1].domain = "https://a.example/")],
    ["a surface of a host that is none", /of host other, which is not known/, (data) => (data.surfaces[1].host = "other")],
    ["an id twice", /An id stands for one thing/, (data) => data.hosts.push(breeze(data))],
    ["an unknown word", /Unrecognized key/, (data) => (breeze(data).doors.web.open = true)],
    [
      "a permission of both kinds",
      /permissions/,
      (data) => (leave(data).given = [{ marketplace: "sundry", app: "sundry", source: SOURCE }]),
    ],
  ])("with %s", (_name, fault, spoil) => {
    const data = dataFiles();
    spoil(data);
    expect(() => catalogueOf(data)).toThrow(fault);
  });

  test("but not for what is allowed: a third change in a month, other owners where the host does not ask", () => {
    const data: Data = dataFiles();
    leave(data).bindings[1].bound.push("2026-11-30");
    expect(() => catalogueOf(data)).not.toThrow();
    leave(data).sameOwner = false;
    leave(data).changesPerMonth = null;
    leave(data).bindings[1].domainOwner = "Another Ltd";
    leave(data).bindings[1].bound.push("2026-11-28", "2026-11-29");
    expect(() => catalogueOf(data)).not.toThrow();
  });
});
