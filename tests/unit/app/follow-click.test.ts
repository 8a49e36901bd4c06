import { describe, expect, test } from "@jest/globals";
import { followClick } from "../../../lib/app/follow-click.ts";
import { showLanding, tellLanding } from "../../../lib/app/landing.ts";
import { eventIds } from "../../../lib/deps/event-ids.ts";
import { hmacSigner } from "../../../lib/deps/signer.ts";
import type { Placed } from "../../../lib/domain/delivery-event.ts";
import { aimAt, type LiveSwitch } from "../../../lib/domain/kill-switch.ts";
import { wholeCatalogue } from "../../support/routing-data.ts";
import { HOUR, OPENING, placed, SEASON_END, tokensOf } from "../domain/fixtures.ts";

const signer = hmacSigner("k1:0123456789abcdef0123456789abcdef");
const catalogue = wholeCatalogue();
const CALLER = { address: "203.0.113.7", userAgent: "agent" };
/** What a use case refuses with. */
const refused = (call: Promise<unknown>) =>
  call.then(
    () => ({ code: "none" }),
    (error: unknown) => error,
  );
const GO = { zh: "杂货铺", en: "Sundry" };

/** On the invented host, a phone for which a page comes first. */
const onBreeze = (over: Partial<Placed> = {}) =>
  placed({
    surface: "breeze-stream",
    marketplace: "sundry",
    destination: { kind: "item", id: "7" },
    os: "android",
    hostVersion: "2.0",
    installedApps: ["sundry"],
    ...over,
  });

function events({ at = OPENING, switches = [] as readonly LiveSwitch[] } = {}) {
  const recorded: unknown[] = [];
  const record = async (...all: readonly unknown[]) => {
    recorded.push(all);
  };
  const deps = {
    catalogue,
    signer,
    eventIds,
    domain: "go.gate.example",
    publicUrl: "https://go.gate.example",
    now: () => at,
    switches: async () => switches,
    recordClick: record,
    recordOutcome: record,
  };
  const tokenOf = (what: Placed, ends = SEASON_END + HOUR) => tokensOf(signer, what, ends).click;
  const call = (token: string, body: unknown = undefined) =>
    ({ params: { token }, query: {}, body, requestId: "r", caller: CALLER }) as never;
  return {
    recorded,
    tokenOf,
    follow: (token: string) => followClick(deps)(call(token)),
    land: (token: string) => showLanding(deps)(call(token)),
    tell: (token: string, body: object) => tellLanding(deps)(call(token, body)),
  };
}
const stopped = (linkKind: "app" | "web", over = {}): LiveSwitch => ({
  id: "swt_1",
  owner: "*",
  level: "link-kind",
  aim: aimAt({ linkKind, ...over }),
});

describe("a tap", () => {
  test("is recorded with the form it took, and sent on", async () => {
    const { follow, tokenOf, recorded } = events();
    expect(await follow(tokenOf(placed({ installedApps: ["tmall"] })))).toEqual({ location: "tmall://page.tm/shop?shopId=990000000001" });
    expect(recorded).toEqual([[placed({ installedApps: ["tmall"] }), { at: OPENING, link: "tmall-app", caller: CALLER }]]);
  });

  test("for which a page comes first is recorded, and sent to the page under the same token", async () => {
    const { follow, tokenOf, recorded } = events();
    const token = tokenOf(onBreeze());
    expect(await follow(token)).toEqual({ location: `https://go.gate.example/go/${token}` });
    expect(recorded).toEqual([[onBreeze(), { at: OPENING, link: "sundry-app", caller: CALLER }]]);
  });

  test("has its macros filled: ids that are always the same, and the second it was", async () => {
    const { follow, tokenOf } = events({ at: OPENING + 999 });
    const what = onBreeze({ destination: { kind: "store", id: "7" }, installedApps: [], campaign: "cmp_1" });
    expect(await follow(tokenOf(what))).toEqual({
      location: `https://m.sundry.example/s/7?cid=cmp_1&t=${OPENING / 1000}`,
    });
    const ios = onBreeze({ destination: { kind: "store", id: "7" }, os: "ios", hostVersion: "3" });
    expect(await follow(tokenOf(ios))).toEqual({
      location: `https://go.sundry.example/s/7?c=${eventIds("click", ios.decision, ios.slot)}`,
    });
  });

  test("after the season's close, within its grace, leads on", async () => {
    const { follow, tokenOf } = events({ at: SEASON_END + 1 });
    expect(await follow(tokenOf(placed({ installedApps: [], seasonCloses: SEASON_END })))).toEqual({
      location: "https://shop.m.taobao.com/shop/shop_index.htm?shop_id=990000000001",
    });
  });

  test.each([
    ["a token that is none", (token: string) => `${token}x`, "token-invalid"],
    ["an impression's", () => tokensOf(signer, placed(), SEASON_END).impression, "token-invalid"],
    ["another's", () => tokensOf(hmacSigner("k1:fedcba9876543210fedcba9876543210"), placed(), SEASON_END).click, "token-invalid"],
    ["one that has ended", () => tokensOf(signer, placed(), OPENING).click, "token-expired"],
    ["one to a marketplace that is none", () => tokensOf(signer, placed({ marketplace: "other" }), SEASON_END).click, "token-invalid"],
    ["one to no number", () => tokensOf(signer, placed({ destination: { kind: "store", id: "1/x" } }), SEASON_END).click, "token-invalid"],
  ])("with %s is sent nowhere, and not recorded", async (_name, spoil, code) => {
    const { follow, land, tell, tokenOf, recorded } = events();
    const token = spoil(tokenOf(placed()));
    expect(await refused(follow(token))).toMatchObject({ code });
    expect(await refused(land(token))).toMatchObject({ code });
    if (!["one to a marketplace that is none", "one to no number"].includes(_name))
      expect(await refused(tell(token, { outcome: "lost", link: null }))).toMatchObject({ code });
    expect(recorded).toEqual([]);
  });

  test("takes the web where links into apps are stopped, and nothing where both are", async () => {
    const apps = events({ switches: [stopped("app")] });
    const token = apps.tokenOf(onBreeze());
    expect(await apps.follow(token)).toEqual({ location: "https://m.sundry.example/i/7" });
    const both = events({ switches: [stopped("app", { host: "breeze" }), stopped("web", { brand: "brd_1" })] });
    expect(await refused(both.follow(token))).toMatchObject({ code: "link-stopped" });
    expect(both.recorded).toEqual([]);
    const elsewhere = events({ switches: [stopped("app", { host: "wechat" })] });
    expect(await elsewhere.follow(token)).toEqual({ location: `https://go.gate.example/go/${token}` });
  });

  test("leads on where something else is stopped: it was shown already", async () => {
    const { follow, tokenOf } = events({ switches: [{ id: "swt_1", owner: "*", level: "all", aim: aimAt({}) }] });
    expect(await follow(tokenOf(placed({ installedApps: ["tmall"] })))).toMatchObject({ location: expect.stringMatching(/^tmall:/) });
  });
});

describe("the page before the app", () => {
  test("says whose it is, and has both ways", async () => {
    const { land, tokenOf, recorded } = events();
    expect(await land(tokenOf(onBreeze()))).toEqual({
      marketplace: GO,
      leadsTo: "item",
      app: { url: "sundry://shop/i?id=7", by: "scheme", link: "sundry-app" },
      web: "https://m.sundry.example/i/7",
    });
    expect(recorded).toEqual([]);
  });

  test("has the way that needs the page before one that does not", async () => {
    const { land, tokenOf } = events();
    const { app } = await land(tokenOf(onBreeze({ destination: { kind: "store", id: "7" }, os: "ios", hostVersion: "9" })));
    expect(app).toMatchObject({ link: "sundry-app" });
    const { app: straight } = await land(tokenOf(placed({ installedApps: ["taobao"] })));
    expect(straight).toMatchObject({ link: "taobao-app" });
  });

  test("has the ways that are not stopped", async () => {
    const { tokenOf } = events();
    const token = tokenOf(onBreeze());
    expect(await events({ switches: [stopped("app")] }).land(token)).toMatchObject({ app: null, web: "https://m.sundry.example/i/7" });
    expect(await events({ switches: [stopped("web")] }).land(token)).toMatchObject({ app: { link: "sundry-app" }, web: null });
    expect(await refused(events({ switches: [stopped("app"), stopped("web")] }).land(token))).toMatchObject({ code: "link-stopped" });
  });

  test("has what came of it recorded", async () => {
    const { tell, tokenOf, recorded } = events();
    expect(await tell(tokenOf(onBreeze()), { outcome: "fell-to-web", link: "sundry-app" })).toEqual({});
    expect(recorded).toEqual([[onBreeze(), { at: OPENING, outcome: "fell-to-web", link: "sundry-app", caller: CALLER }]]);
  });

  test.each([null, "tmall-app", "lite-app", "__proto__"])(
    "has it recorded of no form where it names %j, which is none of the destination's",
    async (link) => {
      const { tell, tokenOf, recorded } = events();
      await tell(tokenOf(onBreeze()), { outcome: "lost", link });
      expect(recorded).toMatchObject([[{}, { outcome: "lost", link: null }]]);
    },
  );
});

test("an event's id is 128 bits, of its decision, slot and kind", () => {
  const ids = [
    eventIds("click", "dec_1", 0),
    eventIds("impression", "dec_1", 0),
    eventIds("click", "dec_1", 1),
    eventIds("click", "dec_2", 0),
  ];
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  expect(eventIds("click", "dec_1", 0)).toBe(ids[0]);
});
