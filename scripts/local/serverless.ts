import { rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Child, startChild } from "./child.ts";
import { bundlesIn, LOCAL_FOLDER } from "./folder.ts";
import { tickNow } from "./tick-now.ts";
import { ChildFailure, waitUntilAnswers } from "./wait-until-answers.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PATIENCE_MS = 120_000;
const SERVERLESS = join(ROOT, "node_modules/serverless/bin/serverless.js");

export type ServerlessSettings = {
  readonly httpPort: number;
  readonly lambdaPort: number;
  readonly env: Readonly<Record<string, string>>;
  /** Where its bundles go, inside the checkout. Default: the stack's own. */
  readonly folder?: string;
  readonly logFile: string;
  readonly verbose: boolean;
};

/** Starts serverless-offline on 127.0.0.1. It answers some seconds later; see {@link waitUntilHealthy}. */
export async function startServerless(settings: ServerlessSettings): Promise<Child> {
  const { httpPort, lambdaPort, env, folder = LOCAL_FOLDER, logFile, verbose } = settings;
  // A bundle left over under another extension would be loaded instead of the new one.
  await rm(bundlesIn(folder), { recursive: true, force: true });
  return startChild({
    name: "serverless-offline",
    command: process.execPath,
    args: [
      "--import",
      pathToFileURL(join(import.meta.dirname, "end-with-parent.ts")).href,
      SERVERLESS,
      "offline",
      ...["--stage", "local", "--host", "127.0.0.1", "--httpPort", String(httpPort), "--lambdaPort", String(lambdaPort)],
      "--noSponsor",
    ],
    env: {
      ...process.env,
      ...env,
      SEASONGATE_FOLDER: relative(ROOT, folder),
      SLS_NOTIFICATIONS_MODE: "off",
      SLS_TELEMETRY_DISABLED: "1",
      SLS_INTERACTIVE_SETUP_ENABLE: "0",
      NO_COLOR: "1",
    },
    logFile,
    verbose,
  });
}

/** A failed bundle does not end serverless-esbuild 1.57: it reports and then hangs. */
function failedBundle(tail: readonly string[]): string | undefined {
  return tail.some((line) => line.includes("✘ [ERROR]"))
    ? "A function could not be bundled; all of it is in .local/serverless.log."
    : undefined;
}

const answering = (serverless: Child, url: string) =>
  waitUntilAnswers(serverless, url, {
    withinMs: PATIENCE_MS,
    hopeless: failedBundle,
    accepts: async (response: Response) => {
      // serverless-offline answers 200 even where a function could not be loaded, so the body counts.
      if ((await response.text()).includes('"errorType"')) throw new ChildFailure("A function cannot be run.", serverless.tail());
      return response.ok;
    },
  });

/**
 * Waits until the API answers.
 *
 * @throws ChildFailure when serverless-offline ends, stays silent for two minutes, or cannot bundle or run a function.
 */
export const waitUntilAnswering = (serverless: Child, api: string): Promise<void> => answering(serverless, `${api}/openapi.json`);

/**
 * Waits until the API answers, has the season clock tick a first time instead of waiting for its minute, and waits until the
 * stack is well.
 *
 * @throws ChildFailure as {@link waitUntilAnswering} does.
 */
export async function waitUntilHealthy(
  serverless: Child,
  { api, lambda }: { readonly api: string; readonly lambda: string },
): Promise<void> {
  await waitUntilAnswering(serverless, api);
  await tickNow(lambda);
  await answering(serverless, `${api}/health`);
}
