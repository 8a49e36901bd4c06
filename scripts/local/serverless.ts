import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Child, startChild } from "./child.ts";
import { BUNDLES } from "./folder.ts";
import { tickNow } from "./tick-now.ts";
import { ChildFailure, waitUntilAnswers } from "./wait-until-answers.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PATIENCE_MS = 120_000;
const SERVERLESS = join(ROOT, "node_modules/serverless/bin/serverless.js");

export type ServerlessSettings = {
  readonly httpPort: number;
  readonly lambdaPort: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly verbose: boolean;
};

/** Starts serverless-offline on 127.0.0.1. It answers some seconds later; see {@link waitUntilHealthy}. */
export async function startServerless({ httpPort, lambdaPort, env, logFile, verbose }: ServerlessSettings): Promise<Child> {
  // A bundle left over under another extension would be loaded instead of the new one.
  await rm(BUNDLES, { recursive: true, force: true });
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

/**
 * Waits until the API answers, has the season clock tick a first time instead of waiting for its minute, and waits until the
 * stack is well. serverless-offline answers 200 even where a function could not be loaded, so the body counts.
 *
 * @throws ChildFailure when serverless-offline ends, stays silent for two minutes, or cannot bundle or run a function.
 */
export async function waitUntilHealthy(
  serverless: Child,
  { api, lambda }: { readonly api: string; readonly lambda: string },
): Promise<void> {
  const answering = (isEnough: (response: Response) => boolean) => ({
    withinMs: PATIENCE_MS,
    hopeless: failedBundle,
    accepts: async (response: Response) => {
      if ((await response.text()).includes('"errorType"')) throw new ChildFailure("A function cannot be run.", serverless.tail());
      return isEnough(response);
    },
  });
  await waitUntilAnswers(
    serverless,
    `${api}/openapi.json`,
    answering(({ ok }) => ok),
  );
  await tickNow(lambda);
  await waitUntilAnswers(
    serverless,
    `${api}/health`,
    answering(({ ok }) => ok),
  );
}
