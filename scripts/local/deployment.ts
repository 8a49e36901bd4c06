import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "../..");

type Trigger = { readonly httpApi?: string; readonly schedule?: unknown; readonly stream?: { readonly arn: string } };
type Declared = { readonly handler: string; readonly events: readonly Trigger[] };

export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** What serverless.yml deploys, opened in this process: which handler answers which route, schedule and stream. */
export interface Deployment {
  /** By route key; API Gateway names the route for everything else `$default`. */
  readonly routes: ReadonlyMap<string, Handler>;
  readonly scheduled: readonly Handler[];
  /** By the logical id of the table whose stream it reads. */
  readonly streamed: ReadonlyMap<string, readonly Handler[]>;
}

/** The routes serverless.yml gives to functions, by route key. */
export function deployedRoutes(): readonly string[] {
  return declared().flatMap(({ events }) => events.flatMap(routeOf));
}

/** Imports every function of serverless.yml. The environment has to be set before: functions read it as they load. */
export async function deploy(): Promise<Deployment> {
  const functions = await Promise.all(declared().map(async (each) => ({ ...each, run: await load(each.handler) })));
  const streamed = new Map<string, Handler[]>();
  for (const { run, events } of functions)
    for (const { stream } of events) {
      const table = stream?.arn.split(".")[0];
      if (table) streamed.set(table, [...(streamed.get(table) ?? []), run]);
    }
  return {
    routes: new Map(functions.flatMap(({ run, events }) => events.flatMap(routeOf).map((route) => [route, run] as const))),
    scheduled: functions.filter(({ events }) => events.some(({ schedule }) => schedule !== undefined)).map(({ run }) => run),
    streamed,
  };
}

const routeOf = ({ httpApi }: Trigger): string[] => (httpApi === undefined ? [] : [httpApi === "*" ? "$default" : httpApi]);

function declared(): readonly Declared[] {
  // "error": the tags of CloudFormation (!GetAtt and so on) are unknown to YAML and may pass as plain values.
  const { functions } = parse(readFileSync(resolve(ROOT, "serverless.yml"), "utf8"), { logLevel: "error" });
  return Object.values(functions);
}

/** `functions/applications.handler` names the export `handler` of functions/applications.ts. */
async function load(handler: string): Promise<Handler> {
  const [file, name] = handler.split(".");
  const found = (await import(`../../${file}.ts`))[name ?? ""];
  if (typeof found !== "function") throw new Error(`serverless.yml names ${handler}, which is no function`);
  return found;
}
