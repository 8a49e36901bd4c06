import { describe, expect, test } from "@jest/globals";
import { type CampaignForm, createCampaign, editCampaign, FREQUENCY_UNITS, turnCampaign } from "../../../lib/domain/campaign.ts";
import { campaign, clauses, grant, HOUR, OPENING, PARTIES, refusalOf, SEASON_END, SETTINGS, season } from "./fixtures.ts";

const FORM: CampaignForm = { ...SETTINGS, season: "618-2024", surface: "wechat-moments" };
const CATEGORIES = ["beauty", "home", "tobacco"];
const create = (flight: CampaignForm["flight"], given = [grant()], at = OPENING) =>
  createCampaign({ ...FORM, flight }, { season: season(), grants: given, categories: CATEGORIES, id: "cmp_1", by: "ann", at });

test("a granted brand's campaign belongs to the parties of its grant", () => {
  expect(create(null)).toEqual({ ...FORM, ...PARTIES, id: "cmp_1", state: "active", createdBy: "ann", createdAt: OPENING, version: 1 });
});

test("without a grant there is none", () => {
  expect(
    refusalOf(() => createCampaign(FORM, { season: season(), grants: [], categories: CATEGORIES, id: "cmp_1", by: "ann", at: OPENING }))
      .code,
  ).toBe("not-granted");
});

test("a grant is over the guard band before it expires", () => {
  expect(create(null, [grant({ expiresAt: OPENING + 251 })]).id).toBe("cmp_1");
  expect(refusalOf(() => create(null, [grant({ expiresAt: OPENING + 250 })])).code).toBe("not-granted");
});

test.each(["suspended", "revoked"] as const)("a %s grant is none, and one that is current is enough", (state) => {
  expect(refusalOf(() => create(null, [grant({ state })])).code).toBe("not-granted");
  expect(create(null, [grant({ state, marketplace: "jd" }), grant({ id: "grt_2" })]).marketplace).toBe("tmall");
});

test.each([
  ["the whole season", OPENING, SEASON_END],
  ["one millisecond of it", OPENING, OPENING + 1],
  ["a gap and a wave", OPENING + HOUR, SEASON_END],
])("a flight may take %s", (_name, opensAt, closesAt) => {
  expect(create({ opensAt, closesAt }).flight).toEqual({ opensAt, closesAt });
});

test.each([
  ["closes as it opens", OPENING, OPENING, "window-empty /flight/closesAt"],
  ["closes before it opens", OPENING + 1, OPENING, "window-empty /flight/closesAt"],
  ["opens before its season", OPENING - 1, SEASON_END, "flight-outside-season /flight"],
  ["closes after its season", OPENING, SEASON_END + 1, "flight-outside-season /flight"],
])("a flight that %s is refused", (_name, opensAt, closesAt, clause) => {
  const { code, reasons } = refusalOf(() => create({ opensAt, closesAt }));
  expect([code, ...clauses(reasons)]).toEqual(["campaign-not-acceptable", clause]);
});

describe("what it sells", () => {
  const selling = (category: string | undefined, categories: readonly string[] | null = CATEGORIES) =>
    createCampaign({ ...FORM, category }, { season: season(), grants: [grant()], categories, id: "cmp_1", by: "ann", at: OPENING });

  test("is what it says, or else the first that its brand applied with", () => {
    expect(selling("home").category).toBe("home");
    expect(selling(undefined).category).toBe("beauty");
    expect(selling("pets", null).category).toBe("pets");
  });

  test.each([
    ["what its brand did not apply with", "pets", CATEGORIES, "category-not-applied-for"],
    ["what the surface is closed to", "tobacco", CATEGORIES, "category-closed"],
    ["what the surface is closed to, of an imported brand", "tobacco", null, "category-closed"],
    ["nothing, of an imported brand", undefined, null, "category-missing"],
  ] as const)("is not %s", (_what, category, categories, code) => {
    expect(clauses(refusalOf(() => selling(category, categories)).reasons)).toEqual([`${code} /category`]);
  });
});

describe("its limits", () => {
  const room = { season: season(), categories: CATEGORIES };
  const limited = (over: Partial<CampaignForm>) => () => editCampaign(campaign(), { ...SETTINGS, ...over }, room);

  test.each([
    [1, 1],
    [1, 2],
    [null, 1],
    [9, null],
  ])("may be %s a day and %s in all", (daily, total) => {
    expect(limited({ caps: { daily, total } })().caps).toEqual({ daily, total });
  });

  test("a day's cap is not above the cap of all days", () => {
    expect(clauses(refusalOf(limited({ caps: { daily: 2, total: 1 } })).reasons)).toEqual(["cap-above-total /caps/daily"]);
  });

  test.each(Object.entries(FREQUENCY_UNITS))("a frequency is counted in 1 %s or more, to %i", (name, most) => {
    const unit = name as keyof typeof FREQUENCY_UNITS;
    expect(limited({ frequency: { most: 1, units: most, unit } })().frequency).toEqual({ most: 1, units: most, unit });
    expect(clauses(refusalOf(limited({ frequency: { most: 1, units: most + 1, unit } })).reasons)).toEqual([
      "too-many-units /frequency/units",
    ]);
  });

  test("every fault is told at once", () => {
    const { code, reasons } = refusalOf(
      limited({ category: "pets", flight: { opensAt: OPENING - 1, closesAt: OPENING + 1 }, caps: { daily: 2, total: 1 } }),
    );
    expect([code, ...clauses(reasons)]).toEqual([
      "campaign-not-acceptable",
      "category-not-applied-for /category",
      "flight-outside-season /flight",
      "cap-above-total /caps/daily",
    ]);
  });
});

describe("changing", () => {
  const room = { season: season(), categories: CATEGORIES };

  test("takes every setting as it is said, and keeps whose and where it is, and whether it is paused", () => {
    const paused = turnCampaign(campaign(), "pause");
    const form = { ...SETTINGS, name: "二", category: "home", weight: 7, tier: "house", pacing: "asap" } as const;
    expect(editCampaign(paused, form, room)).toEqual({ ...paused, ...form, version: 3 });
  });

  test("a category that is left out stays", () => {
    const { category: _, ...form } = SETTINGS;
    expect(editCampaign(campaign({ category: "home" }), form, room).category).toBe("home");
  });

  test("it is paused and goes on, each when it is not so already", () => {
    const paused = turnCampaign(campaign(), "pause");
    expect(paused).toEqual({ ...campaign(), state: "paused", version: 2 });
    expect(turnCampaign(paused, "resume")).toEqual({ ...campaign(), version: 3 });
    expect(refusalOf(() => turnCampaign(paused, "pause")).code).toBe("wrong-state");
    expect(refusalOf(() => turnCampaign(campaign(), "resume")).code).toBe("wrong-state");
  });
});
