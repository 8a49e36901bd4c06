import { describe, expect, test } from "@jest/globals";
import { ConfigError, configure, settings } from "../../lib/config.ts";
import { stackEnv } from "../../scripts/local/stack-env.ts";

const PROD = {
  STAGE: "prod",
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_REGION: "cn-north-1",
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI",
  AWS_SESSION_TOKEN: "IQoJb3JpZ2lu",
  REGISTRY_TABLE: "seasongate-prod-registry",
  DELIVERY_TABLE: "seasongate-prod-delivery",
  JWKS_URL: "https://identity.example.com/jwks.json",
  TOKEN_ISSUER: "https://identity.example.com",
  TOKEN_AUDIENCE: "seasongate",
  EVENT_KEY: "k1:0123456789abcdef0123456789abcdef",
  PUBLIC_URL: "https://api.example.com",
  CURSOR_KEY: "k1:fedcba9876543210fedcba9876543210",
  DECISION_KEY: "k1:00112233445566770011223344556677",
  VIEWER_KEY: "k1:77665544332211007766554433221100",
  STATEMENT_KEY: "k1:77665544332211007766554433221100",
  WHITELIST_CONTACT: "whitelist@example.com",
};
const LOCAL = stackEnv(
  {},
  {
    dynamodbEndpoint: "http://127.0.0.1:1",
    jwksUrl: "http://127.0.0.1:2/jwks.json",
    publicUrl: "http://127.0.0.1:3",
    eventKey: "local-1:0123456789abcdef0123456789abcdef",
    cursorKey: "local-1:fedcba9876543210fedcba9876543210",
    decisionKey: "local-1:00112233445566770011223344556677",
    viewerKey: "local-1:77665544332211007766554433221100",
    statementKey: "local-1:77665544332211007766554433221100",
    clockOffsetFile: "/tmp/clock",
  },
);
const KINDS = Object.entries(settings);

/** Why the environment is refused. */
function faultOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the environment was taken");
}

test.each(KINDS)("a deployed stage has its %s settings", (_kind, wanted) => {
  for (const STAGE of ["dev", "prod"]) expect(() => configure(wanted, { ...PROD, STAGE })).not.toThrow();
});

test.each(KINDS)("the local stack has its %s settings", (_kind, wanted) => {
  expect(() => configure(wanted, LOCAL)).not.toThrow();
});

describe.each(["dev", "prod"])("stage %s", (STAGE) => {
  test.each([
    "CLOCK_OFFSET_FILE",
    "DYNAMODB_ENDPOINT",
    "WEBHOOKS_TO_LOOPBACK",
    "JWKS_URL",
    "TOKEN_ISSUER",
    "EVENT_KEY",
    "CURSOR_KEY",
    "DECISION_KEY",
    "VIEWER_KEY",
    "STATEMENT_KEY",
    "PUBLIC_URL",
  ])("refuses the local stack's %s by its name, without its value, whatever it was asked for", (name) => {
    for (const [, wanted] of KINDS) {
      const value = LOCAL[name] ?? "";
      const message = faultOf(() => configure(wanted, { ...PROD, STAGE, [name]: value }));
      expect(message).toContain(name);
      expect(message).not.toContain(value);
    }
  });

  test("names every local trace at once", () => {
    const message = faultOf(() => configure(settings.registry, { ...LOCAL, STAGE }));
    for (const name of [
      "CLOCK_OFFSET_FILE",
      "DYNAMODB_ENDPOINT",
      "WEBHOOKS_TO_LOOPBACK",
      "JWKS_URL",
      "TOKEN_ISSUER",
      "EVENT_KEY",
      "CURSOR_KEY",
      "DECISION_KEY",
      "VIEWER_KEY",
      "STATEMENT_KEY",
    ])
      expect(message).toContain(name);
  });
});

test("an unnamed stage is held to be a deployed one", () => {
  const { STAGE: _stage, ...env } = LOCAL;
  expect(faultOf(() => configure(settings.registry, env))).toContain("DYNAMODB_ENDPOINT");
  expect(faultOf(() => configure(settings.base, { ...PROD, STAGE: "LOCAL" }))).toContain("STAGE");
});

test("the local stage cannot run on AWS", () => {
  for (const [, wanted] of KINDS)
    expect(faultOf(() => configure(wanted, { ...LOCAL, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" }))).toContain("STAGE");
});

test("two keys may be set where what the one has signed outlives the other, and neither may be the local stack's", () => {
  const two = `${PROD.EVENT_KEY},k2:fedcba9876543210fedcba9876543210`;
  expect(configure(settings.events, { ...PROD, EVENT_KEY: two }).EVENT_KEY).toBe(two);
  expect(configure(settings.decisions, { ...PROD, DECISION_KEY: two }).DECISION_KEY).toBe(two);
  const half = `${PROD.EVENT_KEY},${LOCAL["EVENT_KEY"]}`;
  expect(faultOf(() => configure(settings.registry, { ...PROD, EVENT_KEY: half }))).toContain("EVENT_KEY");
});

describe("a bad setting is named", () => {
  const CASES: readonly [kind: keyof typeof settings, name: string, value: string | undefined][] = [
    ["base", "STAGE", "staging"],
    ["base", "STAGE", undefined],
    ["base", "CLOCK_OFFSET_FILE", ""],
    ["store", "DYNAMODB_ENDPOINT", "ftp://secret-host"],
    ["store", "DYNAMODB_ENDPOINT", "secret-host:8000"],
    ["store", "STORE_TIMEOUT_MS", "soon-secret"],
    ["store", "STORE_TIMEOUT_MS", "49"],
    ["store", "STORE_TIMEOUT_MS", "10001"],
    ["store", "STORE_TIMEOUT_MS", "300.5"],
    ["aws", "AWS_REGION", undefined],
    ["aws", "AWS_REGION", "secret region"],
    ["aws", "AWS_ACCESS_KEY_ID", undefined],
    ["aws", "AWS_SECRET_ACCESS_KEY", ""],
    ["identity", "JWKS_URL", undefined],
    ["identity", "JWKS_URL", "file:///secret"],
    ["identity", "TOKEN_ISSUER", "secret issuer"],
    ["identity", "TOKEN_AUDIENCE", ""],
    ["events", "EVENT_KEY", "k1:secret-too-short"],
    ["events", "EVENT_KEY", undefined],
    ["events", "PUBLIC_URL", "secret.example"],
    ["cursors", "CURSOR_KEY", "k1:secret-too-short"],
    ["cursors", "CURSOR_KEY", undefined],
    ["decisions", "DECISION_KEY", "k1:secret-too-short"],
    ["decisions", "DECISION_KEY", undefined],
    ["viewers", "VIEWER_KEY", "k1:secret-too-short"],
    ["viewers", "VIEWER_KEY", undefined],
    ["viewers", "VIEWER_KEY", `k1:secret-${"x".repeat(32)},k2:secret-${"y".repeat(32)}`],
    ["events", "EVENT_KEY", `k1:secret-${"x".repeat(32)},`],
    ["events", "EVENT_KEY", `k1:secret-${"x".repeat(32)},k2:secret-short`],
    ["events", "EVENT_KEY", `k1:secret-${"x".repeat(32)},k1:secret-${"y".repeat(32)}`],
    ["events", "EVENT_KEY", `k1:secret-${"x".repeat(32)},k2:secret-${"y".repeat(32)},k3:secret-${"z".repeat(32)}`],
    ["cursors", "CURSOR_KEY", `k1:secret-${"x".repeat(32)},k2:secret-${"y".repeat(32)}`],
    ["statements", "STATEMENT_KEY", "k1:secret-too-short"],
    ["statements", "STATEMENT_KEY", undefined],
    ["whitelist", "WHITELIST_CONTACT", "secret, not an address"],
    ["webhooks", "WEBHOOKS_TO_LOOPBACK", "secret-host"],
    ["registry", "REGISTRY_TABLE", undefined],
    ["registry", "REGISTRY_TABLE", "ab"],
    ["delivery", "DELIVERY_TABLE", undefined],
  ];

  test.each(CASES)("of %s: %s as %j, and its value is not told", (kind, name, value) => {
    const { [name]: _without, ...env } = { ...LOCAL } as NodeJS.ProcessEnv;
    const message = faultOf(() => configure(settings[kind], value === undefined ? env : { ...env, [name]: value }));
    expect(message).toContain(name);
    expect(message).toMatch(/^The environment is not fit to start: .+\.$/);
    if (value && value.length > 5) expect(message).not.toContain(value);
  });
});

test("what is read is what was set", () => {
  expect(configure(settings.store, PROD)).toEqual({});
  expect(configure(settings.store, { ...PROD, STORE_TIMEOUT_MS: "50" }).STORE_TIMEOUT_MS).toBe(50);
  expect(configure(settings.store, { ...PROD, STORE_TIMEOUT_MS: "10000" }).STORE_TIMEOUT_MS).toBe(10_000);
  expect(configure(settings.events, { ...PROD, PUBLIC_URL: "https://a.example/x/" }).PUBLIC_URL).toBe("https://a.example/x");
});
