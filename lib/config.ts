/** A setting's value as it is used; undefined when what is set is not fit for it. */
type Reader<T> = (text: string) => T | undefined;

interface Setting<T> {
  readonly read: Reader<T>;
  /** What is not set is undefined, and no fault. */
  readonly optional: boolean;
}

const required = <T>(read: Reader<T>): Setting<T> & { readonly optional: false } => ({ read, optional: false });
const optional = <T>(read: Reader<T>): Setting<T> & { readonly optional: true } => ({ read, optional: true });

/** By hand and not by zod, which would be most of the bundle of the function that decides (docs/decisions/0019-hot-path.md). */
const like = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
const some = like(/./s);
const url = (text: string) => (URL.canParse(text) ? text : undefined);
const webAddress = (text: string) => (/^https?:/.test(url(text) ?? "") ? text : undefined);
const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (text: string) =>
    values.find((value) => value === text);
const wholeBetween = (min: number, max: number) => (text: string) =>
  /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

/** `<key id>:<secret>`, the secret at least 32 characters and none of them a comma. */
const key = like(/^[a-z0-9-]{1,20}:[^,]{32,}$/);
/** One such key, or two of other ids with a comma between: the first signs, and what either has signed is ours. */
const keys = (text: string) => {
  const entries = text.split(",");
  const ids = new Set(entries.map((entry) => key(entry)?.split(":", 1)[0]));
  return entries.length <= 2 && ids.size === entries.length && !ids.has(undefined) ? text : undefined;
};
const publicUrl = (text: string) => webAddress(text)?.replace(/\/$/, "");
const PUBLIC_URL = required(publicUrl);

/** The settings a function may ask for, by what it does. */
export const settings = {
  base: {
    /** A deployed stage, or the stack on somebody's machine. */
    STAGE: required(oneOf("local", "dev", "prod")),
    /** Set by Lambda itself, never by the local stack. */
    AWS_EXECUTION_ENV: optional((text) => text),
    /** Local only: a file that holds by how many milliseconds the festival's clock differs from the machine's. */
    CLOCK_OFFSET_FILE: optional(some),
  },
  store: {
    /** Local only: any DynamoDB-compatible endpoint. */
    DYNAMODB_ENDPOINT: optional(webAddress),
    /** For each try of each call to the store, instead of what its purpose allows (lib/deps/tables.ts). Milliseconds. */
    STORE_TIMEOUT_MS: optional(wholeBetween(50, 10_000)),
  },
  /** What Lambda tells every function, for the one that signs its requests itself. */
  aws: {
    AWS_REGION: required(like(/^[a-z0-9-]+$/)),
    AWS_ACCESS_KEY_ID: required(some),
    AWS_SECRET_ACCESS_KEY: required(some),
    AWS_SESSION_TOKEN: optional(some),
  },
  identity: { JWKS_URL: required(webAddress), TOKEN_ISSUER: required(url), TOKEN_AUDIENCE: required(some) },
  events: {
    /** Signs impression and click addresses. */
    EVENT_KEY: required(keys),
    /** What impression and click addresses begin with. */
    PUBLIC_URL,
  },
  /** Signs the ids of decisions: another key than the others. */
  decisions: { DECISION_KEY: required(keys) },
  /** What viewers are known by: never turned within a season, since rings would be dealt anew and what a viewer has seen forgotten. */
  viewers: { VIEWER_KEY: required(key) },
  /** Signs the days' statements: another key than the others. */
  statements: { STATEMENT_KEY: required(key) },
  /** Signs the cursors of lists: another key than the others. */
  cursors: { CURSOR_KEY: required(key) },
  whitelist: {
    /** Whom to write to about the public whitelist. */
    WHITELIST_CONTACT: required(like(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)),
  },
  webhooks: {
    /** Local only: webhooks may be sent to http://127.0.0.1. */
    WEBHOOKS_TO_LOOPBACK: optional(oneOf("yes")),
  },
  registry: { REGISTRY_TABLE: required(like(/.{3}/)) },
  delivery: { DELIVERY_TABLE: required(like(/.{3}/)) },
} as const satisfies Record<string, Wanted>;

type Wanted = Readonly<Record<string, Setting<unknown>>>;
type Value<S> = S extends Setting<infer T> ? T : never;
/** What the settings of a kind come to. */
type Configured<W extends Wanted> = {
  readonly [K in keyof W as W[K]["optional"] extends true ? never : K]: Value<W[K]>;
} & {
  readonly [K in keyof W as W[K]["optional"] extends true ? K : never]?: Value<W[K]>;
};

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
export function configure<W extends Wanted>(wanted: W, env: NodeJS.ProcessEnv = process.env): Configured<W> {
  const found = Object.entries(wanted).map(([name, setting]) => ({ name, setting, text: env[name] }));
  const values = found.flatMap(({ name, setting: { read }, text }) => (text === undefined ? [] : [[name, read(text)] as const]));
  const unfit = values.filter(([, value]) => value === undefined).map(([name]) => `${name} is not what it has to be`);
  const missing = found.filter(({ setting, text }) => text === undefined && !setting.optional).map(({ name }) => `${name} is not set`);
  if (unfit.length + missing.length > 0) throw new ConfigError([...missing, ...unfit]);
  const faults = localTracesIn(env);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.fromEntries(values) as Configured<W>;
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
    ...["EVENT_KEY", "CURSOR_KEY", "DECISION_KEY", "VIEWER_KEY", "STATEMENT_KEY"]
      .filter((name) => /(?:^|,)local/.test(env[name] ?? ""))
      .map((name) => `${name} is the local stack's`),
  ];
}
