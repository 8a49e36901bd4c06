import { describe, expect, test } from "@jest/globals";
import { claims } from "../../../lib/contracts/claims.ts";
import { seasons } from "../../../lib/contracts/seasons.ts";
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
  test.each(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Etc/UTC"])("may be %s", (zone) => {
    expect(fits({ zone })).toBe(true);
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
    expect(claims.parse({ ...CLAIMS, role, iss: "x", admin: true })).toEqual({ ...CLAIMS, role });
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
    expect(claims.safeParse({ ...CLAIMS, ...over }).success).toBe(false);
  });
});
