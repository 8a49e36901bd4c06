import * as z from "zod";

/** A deployed stage, or the stack on somebody's machine. */
const stage = z.enum(["local", "dev", "prod"]);

const base = z.object({
  STAGE: stage,
  /** Set by Lambda itself, never by the local stack. */
  AWS_EXECUTION_ENV: z.string().optional(),
  /** Local only: a file that holds by how many milliseconds the festival's clock differs from the machine's. */
  CLOCK_OFFSET_FILE: z.string().min(1).optional(),
});

const store = z.object({
  /** Local only: any DynamoDB-compatible endpoint. */
  DYNAMODB_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** For each try of each call to the store, instead of what its purpose allows (lib/deps/tables.ts). Milliseconds. */
  STORE_TIMEOUT_MS: z.coerce.number().int().min(50).max(10_000).optional(),
});

const identity = z.object({
  JWKS_URL: z.url({ protocol: /^https?$/ }),
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1),
});

const key = z.string().regex(/^[a-z0-9-]{1,20}:.{32,}$/);

const events = z.object({
  /** `<key id>:<secret>`, the secret at least 32 characters. Signs impression and click addresses. */
  EVENT_KEY: key,
  /** What impression and click addresses begin with. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, "")),
});

/** As EVENT_KEY, and another one. Signs the ids of decisions. */
const decisions = z.object({ DECISION_KEY: key });

/** As EVENT_KEY, and another one. Signs the cursors of lists. */
const cursors = z.object({ CURSOR_KEY: key });

const whitelist = z.object({
  /** Whom to write to about the public whitelist. */
  WHITELIST_CONTACT: z.email(),
});

const webhooks = z.object({
  /** Local only: webhooks may be sent to http://127.0.0.1. */
  WEBHOOKS_TO_LOOPBACK: z.literal("yes").optional(),
});

/** The settings a function may ask for, by what it does. */
export const settings = {
  base,
  store,
  identity,
  events,
  decisions,
  cursors,
  whitelist,
  webhooks,
  registry: z.object({ REGISTRY_TABLE: z.string().min(3) }),
  delivery: z.object({ DELIVERY_TABLE: z.string().min(3) }),
} as const;

/** The environment is not fit to run in. The message names the settings and never their values. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(`The environment is not fit to start: ${faults.join("; ")}.`);
    this.name = "ConfigError";
  }
}

/**
 * The settings of one kind, read and checked, so that a bad one fails at cold start. @throws ConfigError.
 * A deployed stage refuses every setting that only makes sense on somebody's machine (reliability.md T21).
 */
export function configure<T extends z.ZodType>(wanted: T, env: NodeJS.ProcessEnv = process.env): z.output<T> {
  const found = wanted.safeParse(env);
  if (!found.success) throw new ConfigError(found.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  const faults = localTracesIn(env);
  if (faults.length > 0) throw new ConfigError(faults);
  return found.data;
}

function localTracesIn(env: NodeJS.ProcessEnv): string[] {
  if (env["STAGE"] === "local") return env["AWS_EXECUTION_ENV"]?.startsWith("AWS_Lambda") ? ["STAGE local cannot run on AWS"] : [];
  return [
    ...(env["CLOCK_OFFSET_FILE"] ? ["CLOCK_OFFSET_FILE moves the clock, which only the local stack may"] : []),
    ...(env["DYNAMODB_ENDPOINT"] ? ["DYNAMODB_ENDPOINT is for the local stack"] : []),
    ...(env["WEBHOOKS_TO_LOOPBACK"] ? ["WEBHOOKS_TO_LOOPBACK is for the local stack"] : []),
    ...(env["JWKS_URL"] && !env["JWKS_URL"].startsWith("https://") ? ["JWKS_URL has to be https"] : []),
    ...(env["PUBLIC_URL"] && !env["PUBLIC_URL"].startsWith("https://") ? ["PUBLIC_URL has to be https"] : []),
    ...(env["TOKEN_ISSUER"]?.endsWith(".local") ? ["TOKEN_ISSUER is the local issuer"] : []),
    ...["EVENT_KEY", "CURSOR_KEY", "DECISION_KEY"]
      .filter((name) => env[name]?.startsWith("local"))
      .map((name) => `${name} is the local stack's`),
  ];
}
