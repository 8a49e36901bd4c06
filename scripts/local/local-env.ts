import { join } from "node:path";
import { NO_KEYS } from "./event-key.ts";
import { LOCAL_FOLDER } from "./folder.ts";
import { SetupError } from "./setup-error.ts";
import { stackEnv } from "./stack-env.ts";
import { runningStack } from "./stack-file.ts";

/**
 * Makes this process a function of the stack that runs here, unless its environment already names a stage.
 * @throws SetupError when there is neither.
 */
export async function localEnv(): Promise<void> {
  if (process.env["STAGE"] !== undefined) return;
  const stack = await runningStack(join(LOCAL_FOLDER, "stack.json"));
  if (!stack)
    throw new SetupError("No stack is running here: start one with npm start in another terminal, or set the environment of a stage.");
  Object.assign(
    process.env,
    stackEnv(process.env, {
      dynamodbEndpoint: stack.dynamodb,
      jwksUrl: stack.jwks,
      publicUrl: stack.api,
      ...NO_KEYS,
      clockOffsetFile: join(LOCAL_FOLDER, "clock-offset"),
    }),
  );
}
