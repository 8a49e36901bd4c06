import { describe, expect, test } from "@jest/globals";
import { userOf } from "../../../lib/contracts/claims.ts";
import { seasons } from "../../../lib/contracts/seasons.ts";
import { fromOutside } from "../../../lib/contracts/wire.ts";
import { ROLES } from "../../../lib/domain/authorisation.ts";

const NAMES = { zh: "天猫618", en: "Tmall 618" };
const phase = (id: string) => ({ id, names: NAMES, opensAt: "2024-05-20T20:00:00+08:00", closesAt: "2024-05-29T00:00:00+08:00" });
const plan = (over: object = {}) => ({
  id: "618-2024",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names: NAMES,
  phases: [phase("wave-1")],
  instants: { applicationsClose: "2024-05-20T12:00:00+08:00", clickGraceEnds: "2024-06-28T00:00:00+08:00" },
  admissions: [{ surface: "wechat-moments", storeTypes: ["flagship"], closedCategories: [], requiredDocuments: [] }],
  ...over,
});
const fits = (over: object) => seasons.plan.body.safeParse(plan(over)).success;

describe("a season's zone", () => {
  /** The same wall time everywhere. */
  const inZone = (zone: string, opens: string, closes: string) => {
    const opensAt = `2024-05-20T20:00:00${opens}`;
    return { zone, phases: [{ ...phase("wave-1"), opensAt, closesAt: `2024-11-10T00:00:00${closes}` }], instants: {} };
  };

  test.each([
    ["Asia/Shanghai", "+08:00", "+08:00"],
    ["America/New_York", "-04:00", "-05:00"],
    ["Pacific/Apia", "+13:00", "+13:00"],
    ["Australia/Lord_Howe", "+10:30", "+11:00"],
    ["America/Argentina/Buenos_Aires", "-03:00", "-03:00"],
    ["Asia/Kathmandu", "+05:45", "+05:45"],
    ["Europe/London", "+01:00", "+00:00"],
  ])("may be %s, where clocks are at %s in May and %s in November", (zone, opens, closes) => {
    expect(fits(inZone(zone, opens, closes))).toBe(true);
    expect(fits(inZone(zone, "Z", "Z"))).toBe(true);
  });

  test.each([
    ["America/New_York", "+08:00", "-05:00", "/phases/0/opensAt", "America/New_York is at -04:00 then, not at +08:00."],
    ["America/New_York", "-04:00", "-04:00", "/phases/0/closesAt", "America/New_York is at -05:00 then, not at -04:00."],
    ["Australia/Lord_Howe", "+11:00", "+11:00", "/phases/0/opensAt", "Australia/Lord_Howe is at +10:30 then, not at +11:00."],
    ["Europe/London", "+00:00", "Z", "/phases/0/opensAt", "Europe/London is at +01:00 then, not at +00:00."],
  ])("is where the instants were typed for: not %s with %s in May and %s in November", (zone, opens, closes, field, detail) => {
    expect(fromOutside(seasons.plan.body, plan(inZone(zone, opens, closes)))).toEqual({ faults: [{ code: "custom", field, detail }] });
  });

  test.each([
    ["Etc/UTC", "Etc/GMT+8", "Etc/GMT-8", "GMT+8", "EST5EDT", "US/Eastern", "PRC", "asia/shanghai", "Asia/shanghai/", "America/New York"],
  ])("has a place in its name, unlike %s", (...zones) => {
    for (const zone of zones) expect([zone, fits({ zone })]).toEqual([zone, false]);
  });

  test.each(["CST", "UTC", "", "+08:00", "Asia/Beijing", "Asia/", "/", "../etc/localtime", "a/".repeat(40)])("may not be %j", (zone) => {
    expect(fits({ zone })).toBe(false);
  });
});

test.each([
  ["no phase", { phases: [] }],
  ["21 phases", { phases: Array.from({ length: 21 }, (_, index) => phase(`p${index}`)) }],
  ["no admission", { admissions: [] }],
  ["a status of its own", { status: "open" }],
  ["a host of its own", { host: "wechat" }],
  ["a version of its own", { version: 7 }],
])("a plan with %s does not fit", (_name, over) => {
  expect(fits(over)).toBe(false);
});

test("one to twenty phases fit", () => {
  for (const length of [1, 2, 20]) expect(fits({ phases: Array.from({ length }, (_, index) => phase(`p${index}`)) })).toBe(true);
});

describe("a token's claims", () => {
  const CLAIMS = { sub: "usr_1", role: "brand", tenant: "brd_1" };

  test.each(ROLES)("say who a %s is, and the rest is dropped", (role) => {
    expect(userOf({ ...CLAIMS, role, iss: "x", admin: true })).toEqual({ ...CLAIMS, role });
  });

  test.each([
    { role: "clock" },
    { role: "admin" },
    { role: ["brand"] },
    { role: undefined },
    { sub: "" },
    { tenant: "" },
    { tenant: 1 },
    { sub: "s".repeat(201) },
  ])("are not believed with %j", (over) => {
    expect(userOf({ ...CLAIMS, ...over })).toBeUndefined();
  });
});
