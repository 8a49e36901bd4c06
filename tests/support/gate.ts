import "./fetch-errors.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Role, User } from "../../lib/domain/authorisation.ts";
import { parseInstant, setClock } from "../../scripts/local/clock-file.ts";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { newCursorKey, newDecisionKey, newEventKey } from "../../scripts/local/event-key.ts";
import { type Issuer, openIssuer } from "../../scripts/local/issuer.ts";
import { isRole, people } from "../../scripts/local/people.ts";
import { stackEnv } from "../../scripts/local/stack-env.ts";
import { deploy } from "./deployment.ts";
import { httpEvent, lambdaContext, type Request } from "./http-event.ts";
import { captureLog, type LogLine } from "./log-lines.ts";
import { type Row, rowsOf, streamOf } from "./table-rows.ts";
import { freshTables } from "./tables.ts";

export const PUBLIC_URL = "https://gate.test";

/** Who calls: the sample person of a role, anybody else, whoever holds a token, or nobody. */
export type Caller = Role | User | string | null;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body, when it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there.
  readonly body: any;
  /** The id under which the call was made. */
  readonly requestId: string;
}

export interface GateSettings {
  /** Instead of fresh tables: where no store answers. */
  readonly dynamodbEndpoint?: string;
  /** Instead of the issuer's own: where no keys are. */
  readonly jwksUrl?: string;
}

export interface Gate {
  readonly issuer: Issuer;
  /** Where the issuer keeps its private key, for signing what it would not. */
  readonly keyFile: string;
  readonly log: readonly LogLine[];
  /** One request to the function that serverless.yml gives the route to. */
  call(route: string, request?: Request & { readonly as?: Caller }): Promise<Reply>;
  /** The token a caller sends; undefined for nobody. */
  tokenOf(caller: Caller): Promise<string | undefined>;
  /** Any event at all to the function behind a route. */
  send(route: string, event: unknown): Promise<Reply>;
  /** Makes it this time (RFC 3339), and holds it, so that no assertion depends on how fast the machine is. */
  setClock(time: string): Promise<void>;
  /** One minute's call of the season clock. */
  tick(): Promise<void>;
  /** Hands what has changed in the Registry to whoever reads its stream. */
  publish(): Promise<void>;
  /** Hands what has changed in the Delivery table to whoever reads its stream. */
  tally(): Promise<void>;
  /** Every item of both tables. */
  rows(): Promise<{ readonly registry: readonly Row[]; readonly delivery: readonly Row[] }>;
  close(): Promise<void>;
}

/** A whole gate in this process: real handlers, real DynamoDB Local, real tokens. One per test file, since functions read the environment once. */
export async function openGate({ dynamodbEndpoint, jwksUrl }: GateSettings = {}): Promise<Gate> {
  // No test is about speed; a busy machine is given time.
  jest.setTimeout(120_000);
  const folder = await mkdtemp(join(tmpdir(), "seasongate-gate-"));
  const clockOffsetFile = join(folder, "clock-offset");
  const issuer = await openIssuer(folder);
  const jwks = await issuer.listen();
  const env = stackEnv(process.env, {
    dynamodbEndpoint: dynamodbEndpoint ?? process.env["DYNAMODB_ENDPOINT"] ?? "",
    jwksUrl: jwksUrl ?? jwks.url,
    publicUrl: PUBLIC_URL,
    eventKey: newEventKey(),
    cursorKey: newCursorKey(),
    decisionKey: newDecisionKey(),
    clockOffsetFile,
  });
  const tables = dynamodbEndpoint ? { registry: env["REGISTRY_TABLE"] ?? "", delivery: env["DELIVERY_TABLE"] ?? "" } : await freshTables();
  // A machine that runs many suites at once is slow to answer, and that is no finding.
  Object.assign(process.env, env, { REGISTRY_TABLE: tables.registry, DELIVERY_TABLE: tables.delivery, STORE_TIMEOUT_MS: "5000" });
  const log = captureLog();
  const { routes, scheduled, streamed } = await deploy();
  const client = dynamoDbClient(process.env);
  const streams = { RegistryTable: streamOf(client, tables.registry), DeliveryTable: streamOf(client, tables.delivery) };
  const machineNow = Date.now;

  const send = async (route: string, event: unknown): Promise<Reply> => {
    const handler = routes.get(route);
    if (!handler) throw new Error(`serverless.yml has no route ${route}`);
    const context = lambdaContext();
    return replyOf((await handler(event, context)) as APIGatewayProxyStructuredResultV2, context.awsRequestId);
  };

  const read = async (table: keyof typeof streams) => {
    const event = await streams[table]();
    if (event.Records.length > 0) for (const handler of streamed.get(table) ?? []) await handler(event, lambdaContext());
  };

  return {
    issuer,
    keyFile: join(folder, "issuer.json"),
    log: log.lines,
    send,
    tokenOf: (caller) => tokenOf(issuer, caller),
    async call(route, { as = null, headers, ...request } = {}) {
      const token = await tokenOf(issuer, as);
      return send(route, httpEvent(route, { ...request, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers } }));
    },
    async setClock(time) {
      const held = machineNow();
      Date.now = () => held;
      await setClock(clockOffsetFile, parseInstant(time), held);
    },
    async tick() {
      for (const handler of scheduled) await handler({ source: "aws.events" }, lambdaContext());
    },
    publish: () => read("RegistryTable"),
    tally: () => read("DeliveryTable"),
    rows: async () => ({ registry: await rowsOf(client, tables.registry), delivery: await rowsOf(client, tables.delivery) }),
    async close() {
      Date.now = machineNow;
      log.release();
      client.destroy();
      await jwks.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function tokenOf(issuer: Issuer, caller: Caller): Promise<string | undefined> {
  if (caller === null) return undefined;
  if (typeof caller !== "string") return issuer.token(caller);
  return isRole(caller) ? issuer.token({ role: caller, ...people[caller] }) : caller;
}

function replyOf({ statusCode = 0, headers = {}, body = "" }: APIGatewayProxyStructuredResultV2, requestId: string): Reply {
  const isJson = /^application\/(?:problem\+)?json\b/.test(String(headers["content-type"]));
  return { status: statusCode, headers, text: body, body: isJson ? JSON.parse(body) : undefined, requestId };
}
