import { parseArgs } from "node:util";
import { readArguments } from "./read-arguments.ts";
import { SetupError } from "./setup-error.ts";

const DEFAULT_PORT = 3000;
const HIGHEST_PORT = 65_533;

export type StartOptions = { readonly httpPort: number; readonly lambdaPort: number; readonly keep: boolean; readonly verbose: boolean };

/**
 * What `npm start -- …` asks for. The port for calling functions directly is always two above the API's, as serverless-offline has it.
 *
 * @throws SetupError for an option that does not exist or a port that cannot be.
 */
export function startOptions(args: readonly string[]): StartOptions {
  const { values } = readArguments(() =>
    parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: String(DEFAULT_PORT) },
        keep: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
      },
    }),
  );
  const httpPort = Number(values.port);
  if (!Number.isInteger(httpPort) || httpPort < 1 || httpPort > HIGHEST_PORT)
    throw new SetupError(`--port takes a number from 1 to ${HIGHEST_PORT}, not "${values.port}".`);
  return { httpPort, lambdaPort: httpPort + 2, keep: values.keep, verbose: values.verbose };
}
