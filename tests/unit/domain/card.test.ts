import { describe, expect, test } from "@jest/globals";
import { type CardChange, type CardForm, changeCard, type Setting, submitCard } from "../../../lib/domain/card.ts";
import { faceFaults } from "../../../lib/domain/card-lint.ts";
import { servableWindow } from "../../../lib/domain/card-window.ts";
import { decided } from "../../../lib/domain/review.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import type { Window } from "../../../lib/domain/window.ts";
import {
  campaign,
  cardForm,
  clauses,
  frozen,
  grant,
  HOUR,
  image,
  NAMES,
  OPENING,
  PARTIES,
  refusalOf,
  SEASON_END,
  STORED,
  season,
  surface,
} from "./fixtures.ts";

const SETTING = {
  campaign: campaign(),
  season: season(),
  storeName: NAMES,
  surface,
  images: [STORED, { ...STORED, sha256: "1".repeat(64) }],
};
const submit = (over: Partial<CardForm> = {}, given = [grant()], at = OPENING) =>
  submitCard(cardForm(over), { ...SETTING, grants: given, id: "crd_1", by: "ann", at });

describe("submitting", () => {
  test("a card that keeps the limits waits for the host and leads to the granted store", () => {
    expect(submit()).toEqual({
      ...cardForm(),
      ...PARTIES,
      images: [image()],
      destination: { kind: "store", id: "990000000001" },
      id: "crd_1",
      season: "618-2024",
      storeName: NAMES,
      surface: "wechat-moments",
      status: "pending",
      editors: ["ann"],
      submittedBy: "ann",
      submittedAt: OPENING,
      decidedBy: null,
      decidedAt: null,
      feedback: [],
      version: 1,
    });
  });

  test("a card for an item leads to that item", () => {
    expect(submit({ destination: { kind: "item", itemId: "42" } }).destination).toEqual({ kind: "item", id: "42" });
  });

  test("a grant is needed, and is over the guard band before it expires", () => {
    const parties = { ...SETTING, grants: [], id: "crd_1", by: "ann", at: OPENING };
    expect(refusalOf(() => submitCard(cardForm(), parties))).toEqual({ code: "not-granted", reasons: [] });
    expect(refusalOf(() => submit({}, [grant({ expiresAt: OPENING + 250 })]))).toEqual({ code: "not-granted", reasons: [] });
    expect(submit({}, [grant({ expiresAt: OPENING + 251 })]).status).toBe("pending");
  });

  test("a template outside the grant is refused with those inside it", () => {
    const { code, reasons } = refusalOf(() => submit({}, [grant({ templates: ["450", "showcase"] })]));
    expect(code).toBe("card-not-acceptable");
    expect(reasons).toEqual([{ code: "template-not-granted", field: "/template", detail: "Allowed: 450, showcase. This has 310." }]);
  });

  test.each(["suspended", "revoked"] as const)(
    "a %s grant is none; of several, the one that is current and names the template counts",
    (state) => {
      const other = grant({ id: "grt_2", templates: ["450"], storeId: "2" });
      expect(refusalOf(() => submit({}, [grant({ state })])).code).toBe("not-granted");
      expect(refusalOf(() => submit({}, [grant({ state }), other])).code).toBe("card-not-acceptable");
      expect(submit({}, [other, grant({ id: "grt_3", storeId: "3" })]).destination).toEqual({ kind: "store", id: "3" });
    },
  );

  test("faults of the grant and of the card are told together", () => {
    const { reasons } = refusalOf(() => submit({ text: {}, callToAction: "买" }, [grant({ templates: ["450"] })]));
    expect(clauses(reasons)).toEqual([
      "template-not-granted /template",
      "text-too-short /text/title",
      "call-to-action-unknown /callToAction",
    ]);
  });
});

describe("of what a template has", () => {
  test("a text by the name of something every object has is unknown", () => {
    for (const name of ["subtitle", "constructor"])
      expect(clauses(faceFaults(cardForm({ text: { title: "新品", [name]: "x" } }), surface, [STORED]))).toEqual([
        `text-unknown /text/${name}`,
      ]);
  });

  test("a text it may go without can be absent", () => {
    const [template] = surface.templates;
    const optional = { ...surface, templates: [{ ...template, text: { title: { min: 0, max: 4 } } }] } as Surface;
    expect(faceFaults(cardForm({ text: {} }), optional, [STORED])).toEqual([]);
  });

  test("it is the same every time it is asked, and writes into nothing", () => {
    const given = frozen(cardForm({ text: { title: "红包" } }));
    expect([1, 2, 3].map(() => clauses(faceFaults(given, surface, [STORED])))).toEqual(Array(3).fill(["text-host-word /text/title"]));
  });
});

describe("changing", () => {
  const { campaign: _campaign, ...BEFORE } = cardForm({
    offer: { text: "减", price: 2, salePrice: 1, validity: null },
    window: { opensAt: OPENING, closesAt: OPENING + HOUR },
  });
  const approved = decided(submit(BEFORE), "approve", { by: "rob", at: OPENING });
  const change = (over: Partial<CardChange>, card = approved, setting: Partial<Setting> = {}) =>
    changeCard(card, { ...BEFORE, ...over }, { ...SETTING, grants: [grant()], ...setting, by: "bea", at: OPENING + 1 });

  test.each<[string, Partial<CardChange>]>([
    ["nothing", {}],
    ["its weight", { weight: 1 }],
    ["a later opening", { window: { opensAt: OPENING + 1, closesAt: OPENING + HOUR } }],
    ["an earlier closing", { window: { opensAt: OPENING, closesAt: OPENING + 1 } }],
    ["the order of the members of its texts and offer", { offer: { validity: null, salePrice: 1, price: 2, text: "减" } }],
  ])("what was approved stays so: %s", (_what, over) => {
    const { weight = 100, window = BEFORE.window } = over;
    expect(change(over)).toEqual({ ...approved, weight, window, editors: ["ann", "bea"], version: 3 });
  });

  test.each<[string, Partial<CardChange>, Partial<Setting>]>([
    ["a text", { text: { title: "新款" } }, {}],
    ["no offer", { offer: null }, {}],
    ["a sale price", { offer: { text: "减", price: 3, salePrice: 1, validity: null } }, {}],
    ["an offer's end", { offer: { text: "减", price: 2, salePrice: 1, validity: { opensAt: OPENING, closesAt: OPENING + 1 } } }, {}],
    ["an image's fingerprint", { images: [{ role: "main", sha256: "1".repeat(64) }] }, {}],
    ["where it leads", { destination: { kind: "item", itemId: "42" } }, {}],
    ["a mark", { seasonMark: "logo" }, { season: season({ markLicences: [{ mark: "logo", from: OPENING, until: SEASON_END }] }) }],
    [
      "who else is told",
      { monitoring: { impression: ["https://t.monitor.example/"], click: [] } },
      { surface: { ...surface, monitoringHosts: ["t.monitor.example"] } },
    ],
    ["a later closing", { window: { opensAt: OPENING, closesAt: OPENING + HOUR + 1 } }, {}],
    ["no window", { window: null }, {}],
    ["the store it is granted for", {}, { grants: [grant({ storeId: "7" })] }],
    ["the store's name", {}, { storeName: { zh: "别店", en: "Another" } }],
  ])("anything else goes to the host again: %s", (_what, over, setting) => {
    const after = change(over, approved, setting);
    expect(after).toMatchObject({ status: "pending", submittedBy: "bea", decidedBy: null, decidedAt: null, version: 3 });
    const { destination: _destination, ...said } = over;
    expect(after).toMatchObject(said);
  });

  test("what was denied, or waits, is submitted again whatever has changed", () => {
    const denied = decided(submit(BEFORE), "deny", { by: "rob", at: OPENING }, []);
    expect(change({}, denied)).toMatchObject({ status: "pending", version: 3 });
    expect(change({ weight: 1 }, submit(BEFORE))).toMatchObject({ status: "pending", weight: 1, version: 2 });
  });

  test("a change that breaks a limit changes nothing", () => {
    expect(refusalOf(() => change({ callToAction: "买" })).code).toBe("card-not-acceptable");
    expect(refusalOf(() => change({}, approved, { grants: [] })).code).toBe("not-granted");
  });
});

describe("when it may be shown", () => {
  const hours = (from: number, until: number) => ({ opensAt: OPENING + from * HOUR, closesAt: OPENING + until * HOUR });
  const licensed = (...licences: readonly (readonly [number, number])[]) =>
    season({
      markLicences: licences.map(([from, until]) => ({ mark: "logo", from: OPENING + from * HOUR, until: OPENING + until * HOUR })),
    });
  const offer = (validity: Window | null) => ({ text: "减", price: 2, salePrice: 1, validity });

  test.each<[string, Parameters<typeof servableWindow>, Window]>([
    ["the season", [{ window: null, offer: null, seasonMark: null }, { flight: null }, season()], hours(0, 3)],
    ["its flight", [{ window: null, offer: offer(null), seasonMark: null }, { flight: hours(1, 2) }, season()], hours(1, 2)],
    [
      "where flight, window and offer meet",
      [{ window: hours(1, 3), offer: offer(hours(-9, 2)), seasonMark: null }, { flight: hours(0, 2.5) }, season()],
      hours(1, 2),
    ],
    ["its mark's licence", [{ window: null, offer: null, seasonMark: "logo" }, { flight: null }, licensed([-1, 2])], hours(0, 2)],
    [
      "the first licence that meets the rest",
      [{ window: hours(2, 3), offer: null, seasonMark: "logo" }, { flight: null }, licensed([2.5, 9], [-1, 2])],
      hours(2.5, 3),
    ],
    [
      "nothing where they never meet",
      [{ window: hours(2, 3), offer: offer(hours(0, 1)), seasonMark: null }, { flight: null }, season()],
      hours(2, 2),
    ],
    ["nothing without a licence", [{ window: null, offer: null, seasonMark: "logo" }, { flight: null }, season()], hours(0, 0)],
  ])("%s", (_when, asked, window) => {
    expect(servableWindow(...asked)).toEqual(window);
  });
});
