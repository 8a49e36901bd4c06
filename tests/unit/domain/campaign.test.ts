import { expect, test } from "@jest/globals";
import { type CampaignForm, createCampaign } from "../../../lib/domain/campaign.ts";
import type { Grant } from "../../../lib/domain/grant.ts";
import { clauses, grant, HOUR, OPENING, PARTIES, refusalOf, SEASON_END, season } from "./fixtures.ts";

const FORM: CampaignForm = { season: "618-2024", surface: "wechat-moments", name: "天猫618", flight: null };
const create = (flight: CampaignForm["flight"], given: Grant | undefined = grant(), at = OPENING) =>
  createCampaign({ ...FORM, flight }, { season: season(), grant: given, id: "cmp_1", by: "ann", at });

test("a granted brand's campaign belongs to the parties of its grant", () => {
  expect(create(null)).toEqual({ ...FORM, ...PARTIES, id: "cmp_1", createdBy: "ann", createdAt: OPENING, version: 1 });
});

test("without a grant there is none", () => {
  expect(refusalOf(() => createCampaign(FORM, { season: season(), grant: undefined, id: "cmp_1", by: "ann", at: OPENING })).code).toBe(
    "not-granted",
  );
});

test("a grant is over the instant it expires", () => {
  expect(create(null, grant({ expiresAt: OPENING + 1 })).id).toBe("cmp_1");
  expect(refusalOf(() => create(null, grant({ expiresAt: OPENING }))).code).toBe("not-granted");
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
  expect([code, ...clauses(reasons)]).toEqual(["bad-flight", clause]);
});
