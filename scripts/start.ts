import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROLES } from "../lib/domain/authorisation.ts";
import type { Child } from "./local/child.ts";
import { parseInstant, STARTS_AT, setClock } from "./local/clock-file.ts";
import { dynamoDbClient } from "./local/dynamodb-client.ts";
import { startDynamoDbLocal } from "./local/dynamodb-local.ts";
import { keptKeys, newKeys } from "./local/event-key.ts";
import { LOCAL_FOLDER } from "./local/folder.ts";
import { isFree } from "./local/free-port.ts";
import { type Issuer, openIssuer } from "./local/issuer.ts";
import { people } from "./local/people.ts";
import { readIfThere } from "./local/read-if-there.ts";
import { loadSample } from "./local/sample.ts";
import { startServerless, waitUntilHealthy } from "./local/serverless.ts";
import { SetupError } from "./local/setup-error.ts";
import { stackEnv } from "./local/stack-env.ts";
import { announceStack, runningStack, withdrawStack } from "./local/stack-file.ts";
import { type StartOptions, startOptions } from "./local/start-options.ts";
import { steps } from "./local/steps.ts";
import { createTables } from "./local/tables.ts";
import { tryCommands } from "./local/try-commands.ts";
import { ChildFailure } from "./local/wait-until-answers.ts";
import { writeAtomically } from "./local/write-atomically.ts";

const STACK_FILE = join(LOCAL_FOLDER, "stack.json");
const CLOCK_FILE = join(LOCAL_FOLDER, "clock-offset");
const DATA_FOLDER = join(LOCAL_FOLDER, "dynamodb");
const SAMPLE_MARK = join(DATA_FOLDER, "sample-loaded");
const STREAM_CHECKPOINTS = join(LOCAL_FOLDER, "stream-checkpoints.json");
const SERVERLESS_LOG = join(LOCAL_FOLDER, "serverless.log");

/** What has been started, to be stopped in the reverse order. */
const stops: (() => Promise<void>)[] = [];

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

async function checkPort(port: number, { httpPort }: StartOptions): Promise<void> {
  if (await isFree(port)) return;
  const role = port === httpPort ? "" : `, which serverless-offline needs beside ${httpPort},`;
  throw new SetupError(`Port ${port}${role} is in use by another program: run npm start -- --port ${httpPort + 100}.`);
}

async function check(options: StartOptions): Promise<void> {
  const running = await runningStack(STACK_FILE);
  if (running)
    throw new SetupError(
      `Seasongate is already running at ${running.api} (process ${running.pid}): use it, or stop it with Ctrl-C where it was started.`,
    );
  await checkPort(options.httpPort, options);
  await checkPort(options.lambdaPort, options);
}

type Database = { readonly endpoint: string; readonly child: Child | undefined };

async function openDatabase({ keep }: StartOptions): Promise<Database> {
  const given = process.env["DYNAMODB_ENDPOINT"];
  if (given !== undefined) {
    if (!(await fetch(given).catch(() => undefined)))
      throw new SetupError(`Nothing answers at DYNAMODB_ENDPOINT (${given}): start it, or unset the variable to use DynamoDB Local.`);
    return { endpoint: given, child: undefined };
  }
  const local = await startDynamoDbLocal(keep ? { folder: DATA_FOLDER } : {});
  stops.push(local.stop);
  return { endpoint: local.endpoint, child: local };
}

async function loadSampleOnce(env: Record<string, string>, { keep }: StartOptions): Promise<readonly string[]> {
  if (!keep) return loadSample(env);
  if ((await readIfThere(SAMPLE_MARK)) !== undefined) return [];
  const lines = await loadSample(env);
  await writeAtomically(SAMPLE_MARK, "");
  return lines;
}

async function startClock({ keep }: StartOptions): Promise<void> {
  if (keep && (await readIfThere(CLOCK_FILE)) !== undefined) return;
  await setClock(CLOCK_FILE, parseInstant(STARTS_AT), Date.now());
}

async function printWelcome(api: string, lambda: string, dynamodb: string, issuer: Issuer): Promise<void> {
  console.log(
    `\n  API       ${api}\n  Functions ${lambda}\n  DynamoDB  ${dynamodb}\n\nA token for each role, good for twelve hours (npm run token makes more):`,
  );
  for (const role of ROLES) console.log(`  ${role.padEnd(9)} ${await issuer.token({ role, ...people[role] })}`);
  console.log(
    `\nTry:\n${tryCommands(api)
      .map((command) => `  ${command}`)
      .join("\n")}\n\nCtrl-C stops everything.`,
  );
}

/** Brings the stack up; settles with the children whose end is the stack's end. */
async function start(options: StartOptions): Promise<readonly Child[]> {
  await mkdir(LOCAL_FOLDER, { recursive: true });
  await check(options);
  const done = steps();

  const database = await openDatabase(options);
  done(database.child ? "DynamoDB Local" : "DynamoDB");

  const issuer = await openIssuer(LOCAL_FOLDER);
  const keys = await issuer.listen();
  stops.push(keys.stop);
  await startClock(options);

  const api = `http://127.0.0.1:${options.httpPort}`;
  const lambda = `http://127.0.0.1:${options.lambdaPort}`;
  const env = stackEnv(process.env, {
    dynamodbEndpoint: database.endpoint,
    jwksUrl: keys.url,
    publicUrl: api,
    ...newKeys(),
    ...(options.keep ? await keptKeys(LOCAL_FOLDER) : {}),
    clockOffsetFile: CLOCK_FILE,
  });

  const client = dynamoDbClient(env);
  await createTables(client, { stage: "local" });
  client.destroy();
  done("Tables");

  const lines = await loadSampleOnce(env, options);
  done("Sample data");
  for (const line of lines) console.log(`  ${line}`);

  if (!options.keep) await rm(STREAM_CHECKPOINTS, { force: true });
  const serverless = await startServerless({ ...options, env, logFile: SERVERLESS_LOG });
  stops.push(() => serverless.stop());
  await waitUntilHealthy(serverless, { api, lambda });
  done("API");

  await announceStack(STACK_FILE, { api, lambda, dynamodb: database.endpoint, jwks: keys.url, pid: process.pid });
  stops.push(() => withdrawStack(STACK_FILE));
  await printWelcome(api, lambda, database.endpoint, issuer);
  return database.child ? [database.child, serverless] : [serverless];
}

function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}

async function failWhenOneEnds(children: readonly Child[]): Promise<never> {
  const [child, how] = await Promise.race(children.map(async (each) => [each, await each.ended] as const));
  throw new ChildFailure(`${child.name} ended by itself (${how}); everything else is being stopped.`, child.tail());
}

function report(error: unknown): void {
  if (error instanceof ChildFailure) console.error([error.message, ...error.tail.map((line) => `  ${line}`)].join("\n"));
  else console.error(error instanceof SetupError ? error.message : error);
}

try {
  const stack = async () => failWhenOneEnds(await start(startOptions(process.argv.slice(2))));
  await Promise.race([whenAskedToStop(), stack()]);
  console.log("\nStopping…");
  await stopAll();
  // Whatever was still being started ends with the pipe to this process.
  process.exit(0);
} catch (error) {
  report(error);
  await stopAll();
  process.exit(1);
}
