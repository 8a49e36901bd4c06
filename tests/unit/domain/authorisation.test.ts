import { expect, test } from "@jest/globals";
import { type Action, AUTHORISATION, mayAttempt, ROLES, type Role, reaches } from "../../../lib/domain/authorisation.ts";
import { PARTIES } from "./fixtures.ts";

const ACTIONS = Object.keys(AUTHORISATION) as Action[];

const READS = [
  "application:read",
  "campaign:read",
  "card:read",
  "change:read",
  "explain:read",
  "report:read",
  "season:read",
  "whitelist:read",
] as const;
const SETTLES = ["statement:read", "reconciliation:compare"] as const;
/** Who may do what, written a second time and by role, so that a change of the table is a change of both. */
const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  brand: [
    ...READS,
    "application:submit",
    "campaign:create",
    "campaign:change",
    "campaign:list",
    "card:create",
    "card:change",
    "card:list",
    "image:upload",
    "subscription:manage",
  ],
  attester: [
    ...READS,
    ...SETTLES,
    "application:attest",
    "key:turn-attestation",
    "application:review-queue",
    "subscription:manage",
    "import:send",
    "import:read",
  ],
  reviewer: [
    ...READS,
    ...SETTLES,
    "credit:give",
    "application:review",
    "application:review-queue",
    "key:turn-grant",
    "card:review",
    "card:list",
    "explain:replay",
    "switch:read",
    "whitelist:check",
    "import:send",
    "import:read",
  ],
  operator: [
    ...READS,
    ...SETTLES,
    "credit:give",
    "application:review-queue",
    "explain:replay",
    "switch:read",
    "switch:turn",
    "season:plan",
    "season:publish",
    "subscription:manage",
    "whitelist:check",
    "import:read",
  ],
  feed: ["decision:make", "impression:record", "openrtb:bid", "season:read", "season:signal", "whitelist:check"],
  auditor: [...READS, "statement:read", "application:review-queue", "explain:replay", "switch:read", "whitelist:check", "import:read"],
};
const PUBLIC: readonly Action[] = ["event:record", "image:show", "meta:read", "statement:check", "whitelist:public"];

test.each(ROLES.flatMap((role) => ACTIONS.map((action) => [role, action] as const)))("%s and %s", (role, action) => {
  expect(mayAttempt(role, action)).toBe(ALLOWED[role].includes(action) || PUBLIC.includes(action));
});

test.each(ACTIONS)("%s lists known roles, each once", (action) => {
  const row: readonly string[] | "public" = AUTHORISATION[action];
  if (row === "public") return;
  expect(row.filter((role) => !(ROLES as readonly string[]).includes(role))).toEqual([]);
  expect(new Set(row).size).toBe(row.length);
});

test.each([
  ["brand", "brd_1", true],
  ["brand", "brd_2", false],
  ["brand", "tmall", false],
  ["brand", "*", false],
  ["attester", "tmall", true],
  ["attester", "jd", false],
  ["attester", "wechat", false],
  ["reviewer", "wechat", true],
  ["reviewer", "weibo", false],
  ["reviewer", "tmall", false],
  ["operator", "wechat", true],
  ["operator", "weibo", false],
  ["operator", "brd_1", false],
  ["feed", "wechat", true],
  ["feed", "weibo", false],
  ["auditor", "*", true],
  ["auditor", "anything", true],
] as const)("a %s of %s reaches a thing of brd_1, tmall and wechat: %s", (role, tenant, expected) => {
  expect(reaches({ sub: "usr_1", role, tenant }, PARTIES)).toBe(expected);
});
