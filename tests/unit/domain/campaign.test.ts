import { expect, test } from "@jest/globals";
import { type CampaignForm, createCampaign } from "../../../lib/domain/campaign.ts";
import { clauses, grant, HOUR, OPENING, PARTIES, refusalOf, SEASON_END, SETTINGS, season } from "./fixtures.ts";

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
