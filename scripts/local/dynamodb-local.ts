import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Child, startChild } from "./child.ts";
import { freePort } from "./free-port.ts";
import { findJava } from "./java.ts";
import { waitUntilAnswers } from "./wait-until-answers.ts";

const EMULATOR = resolve(import.meta.dirname, "../../node_modules/amplify-dynamodb-simulator/emulator");
const PATIENCE_MS = 60_000;

export type DynamoDbLocal = Child & { readonly endpoint: string };

async function storage(folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return ["inMemory=true"];
  await mkdir(folder, { recursive: true });
  return ["inMemory=false", `folder=${resolve(folder)}`];
}

/**
 * Starts DynamoDB Local on a free port of 127.0.0.1 and waits until it answers. It keeps its data in memory, or in `folder`
 * when given. It ends when this process does, however that happens. The wiring is in `dynamodb-local.xml`.
 *
 * @throws SetupError without Java 11 or newer.
 * @throws ChildFailure when it ends at once or does not answer within a minute.
 */
export async function startDynamoDbLocal({ folder }: { readonly folder?: string } = {}): Promise<DynamoDbLocal> {
  const port = await freePort();
  const child = await startChild({
    name: "DynamoDB Local",
    command: await findJava(),
    args: [
      // A quicker start is worth more here than peak speed: 2 s instead of 4.
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      "-Dorg.eclipse.jetty.util.log.announce=false",
      "-Dorg.eclipse.jetty.LEVEL=WARN",
      `-Djava.library.path=${join(EMULATOR, "DynamoDBLocal_lib")}`,
      "-cp",
      join(EMULATOR, "DynamoDBLocal.jar"),
      "org.eclipse.jetty.xml.XmlConfiguration",
      `port=${port}`,
      ...(await storage(folder)),
      join(import.meta.dirname, "dynamodb-local.xml"),
    ],
    // What the option -disableTelemetry would do.
    env: { ...process.env, DDB_LOCAL_TELEMETRY: "0" },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await waitUntilAnswers(child, endpoint, { withinMs: PATIENCE_MS });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { ...child, endpoint };
}
