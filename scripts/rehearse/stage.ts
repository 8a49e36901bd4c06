import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Child } from "../local/child.ts";
import { dynamoDbClient } from "../local/dynamodb-client.ts";
import { startDynamoDbLocal } from "../local/dynamodb-local.ts";
import { newKeys } from "../local/event-key.ts";
import { freePort, isFree } from "../local/free-port.ts";
import { type InProcess, openInProcess } from "../local/in-process.ts";
import { type Issuer, openIssuer } from "../local/issuer.ts";
import { startServerless, waitUntilAnswering } from "../local/serverless.ts";
import { stackEnv } from "../local/stack-env.ts";
import { tableStream } from "../local/table-stream.ts";
import { createTables } from "../local/tables.ts";

/** A stack of the rehearsal's own, apart from any other on this machine. */
export interface Stage {
  readonly functions: InProcess;
  readonly issuer: Issuer;
  readonly client: DynamoDBClient;
  readonly tables: { readonly registry: string; readonly delivery: string };
  readonly clockFile: string;
  /** The same functions behind serverless-offline: where they answer, once they do. Undefined without HTTP. */
  readonly api: Promise<string> | undefined;
  /** Hands what has changed in the Registry to whoever reads its stream. */
  hearRegistry(): Promise<void>;
  /** The same of the Delivery table. */
  hearDelivery(): Promise<void>;
  /** Stops all that was started. */
  strike(): Promise<void>;
}

/** As serverless.yml has it for every stream. */
const BATCH = 100;
/** Nothing of the kind is called without HTTP; addresses have to begin with something. */
const NOWHERE = "https://gate.rehearsal";

/** Brings a stack up in `folder`. The environment of this process is set for it. @throws SetupError without Java. */
export async function setStage(folder: string, { http }: { readonly http: boolean }): Promise<Stage> {
  const stops: (() => Promise<void>)[] = [];
  const strike = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    await mkdir(folder, { recursive: true });
    const dynamodb = await startDynamoDbLocal();
    stops.push(dynamodb.stop);
    const issuer = await openIssuer(folder);
    const keys = await issuer.listen();
    stops.push(keys.stop);

    const httpPort = await freePortWithNeighbour();
    const api = `http://127.0.0.1:${httpPort}`;
    const clockFile = join(folder, "clock-offset");
    // Whatever the shell points at, the rehearsal stays on a store of its own.
    const env = stackEnv(
      {},
      {
        dynamodbEndpoint: dynamodb.endpoint,
        jwksUrl: keys.url,
        publicUrl: http ? api : NOWHERE,
        ...newKeys(),
        clockOffsetFile: clockFile,
      },
    );
    Object.assign(process.env, env);
    const client = dynamoDbClient(env);
    stops.push(async () => client.destroy());
    await createTables(client, { stage: "local" });
    const tables = { registry: env["REGISTRY_TABLE"] ?? "", delivery: env["DELIVERY_TABLE"] ?? "" };
    const functions = await openInProcess(issuer);
    const registry = await tableStream(client, dynamodb.endpoint, tables.registry);
    const delivery = await tableStream(client, dynamodb.endpoint, tables.delivery);

    const starting = http ? startServer({ httpPort, env, folder }) : undefined;
    if (starting) stops.push(async () => (await starting.catch(() => undefined))?.stop());

    return {
      functions,
      issuer,
      client,
      tables,
      clockFile,
      api: starting && answering(starting, api),
      async hearRegistry() {
        for (const batch of batches(await registry())) await functions.deliver("RegistryTable", { Records: batch });
      },
      async hearDelivery() {
        for (const batch of batches(await delivery()))
          await functions.deliver("DeliveryTable", { shardId: tables.delivery, Records: batch });
      },
      strike,
    };
  } catch (error) {
    await strike();
    throw error;
  }
}

const batches = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, n) => items.slice(n * BATCH, (n + 1) * BATCH));

/** serverless-offline wants the port two above as well. */
async function freePortWithNeighbour(): Promise<number> {
  const port = await freePort();
  return port < 65_533 && (await isFree(port + 2)) ? port : freePortWithNeighbour();
}

interface Server {
  readonly httpPort: number;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

const startServer = ({ httpPort, env, folder }: Server): Promise<Child> =>
  startServerless({
    httpPort,
    lambdaPort: httpPort + 2,
    env: { ...env, SEASONGATE_HTTP_ONLY: "yes" },
    folder,
    logFile: join(folder, "serverless.log"),
    verbose: false,
  });

function answering(starting: Promise<Child>, api: string): Promise<string> {
  const ready = starting.then(async (server) => {
    await waitUntilAnswering(server, api);
    return api;
  });
  // Whoever waits for it hears of a failure; nobody may be waiting yet.
  ready.catch(() => {});
  return ready;
}
