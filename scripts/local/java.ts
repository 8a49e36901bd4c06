import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { SetupError } from "./setup-error.ts";

const OLDEST_JAVA = 11;
const ADVICE = `install a Java runtime, version ${OLDEST_JAVA} or newer (for example from https://adoptium.net), or set DYNAMODB_ENDPOINT to a DynamoDB that already runs`;

/** The major version in what `java -version` prints: 8 for "1.8.0_202", 17 for "17.0.15"; undefined when it says nothing of the kind. */
export function javaMajor(printed: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(printed);
  return found ? Number(found[1]) : undefined;
}

/**
 * The Java to start: JAVA_HOME's, else the one on the PATH.
 *
 * @throws SetupError when there is none (macOS has a `java` that only says so) or it is older than 11.
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = env["JAVA_HOME"];
  const java = home ? join(home, "bin", "java") : "java";
  const where = home ? ` in JAVA_HOME (${home})` : "";
  const { stderr } = await promisify(execFile)(java, ["-version"], { env }).catch(() => ({ stderr: "" }));
  const major = javaMajor(stderr);
  if (major === undefined) throw new SetupError(`DynamoDB Local needs Java, and none was found${where}: ${ADVICE}.`);
  if (major < OLDEST_JAVA)
    throw new SetupError(`DynamoDB Local needs Java ${OLDEST_JAVA} or newer and this is Java ${major}${where}: ${ADVICE}.`);
  return java;
}
