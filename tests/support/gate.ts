import "./fetch-errors.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { parseInstant, setClock } from "../../scripts/local/clock-file.ts";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { newKeys } from "../../scripts/local/event-key.ts";
import { type Caller, type InProcess, openInProcess, type Reply } from "../../scripts/local/in-process.ts";
import { type Issuer, openIssuer } from "../../scripts/local/issuer.ts";
import { captureLog } from "../../scripts/local/log-lines.ts";
import { stackEnv } from "../../scripts/local/stack-env.ts";
import { type Row, rowsOf } from "../../scripts/local/table-rows.ts";
import { streamOf } from "./table-rows.ts";
import { freshTables } from "./tables.ts";

export const PUBLIC_URL = "https://gate.test";

export type { Caller, Reply };

/** One log line of a function. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

export interface GateSettings {
  /** Instead of fresh tables: where no store answers. */
  readonly dynamodbEndpoint?: string;
  /** Instead of the issuer's own: where no keys are. */
  readonly jwksUrl?: string;
}

export interface Gate extends Omit<InProcess, "deliver"> {
  readonly issuer: Issuer;
  /** Where the issuer keeps its private key, for signing what it would not. */
  readonly keyFile: string;
  readonly log: readonly LogLine[];
  /** Makes it this time (RFC 3339), and holds it, so that no assertion depends on how fast the machine is. */
  setClock(time: string): Promise<void>;
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
    ...newKeys(),
    clockOffsetFile,
  });
  const tables = dynamodbEndpoint ? { registry: env["REGISTRY_TABLE"] ?? "", delivery: env["DELIVERY_TABLE"] ?? "" } : await freshTables();
  // A machine that runs many suites at once is slow to answer, and that is no finding.
  Object.assign(process.env, env, { REGISTRY_TABLE: tables.registry, DELIVERY_TABLE: tables.delivery, STORE_TIMEOUT_MS: "5000" });
  const log: LogLine[] = [];
  const release = captureLog((line) => log.push(JSON.parse(line)));
  const { deliver, ...functions } = await openInProcess(issuer);
  const client = dynamoDbClient(process.env);
  const streams = { RegistryTable: streamOf(client, tables.registry), DeliveryTable: streamOf(client, tables.delivery) };
  const machineNow = Date.now;
  const read = async (table: keyof typeof streams) => deliver(table, await streams[table]());

  return {
    ...functions,
    issuer,
    keyFile: join(folder, "issuer.json"),
    log,
    async setClock(time) {
      const held = machineNow();
      Date.now = () => held;
      await setClock(clockOffsetFile, parseInstant(time), held);
    },
    publish: () => read("RegistryTable"),
    tally: () => read("DeliveryTable"),
    rows: async () => ({ registry: await rowsOf(client, tables.registry), delivery: await rowsOf(client, tables.delivery) }),
    async close() {
      Date.now = machineNow;
      release();
      client.destroy();
      await jwks.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
