import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}
/** The CloudFormation of a stage: its resources, and all of it as text. */
export interface Packaged {
  readonly resources: Resources;
  readonly text: string;
}
export type Resources = Readonly<Record<string, Resource>>;

const run = promisify(execFile);
const NEEDED = [
  "functions",
  "lib",
  "resources",
  "scripts",
  "stages",
  "package.json",
  "package-lock.json",
  "serverless.yml",
  "tsconfig.json",
];

/**
 * What `serverless package` makes of a stage, without network or credentials. It works in a copy: the bundler writes into
 * the folder it is called in, and `npm start` may be running in this one.
 */
export async function packaged(stage: string): Promise<Packaged> {
  const folder = mkdtempSync(join(tmpdir(), "seasongate-package-"));
  try {
    for (const name of NEEDED) cpSync(name, join(folder, name), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    const command = ["node_modules/serverless/bin/serverless.js", "package", "--stage", stage, "--package", "packaged"];
    await run(process.execPath, command, { cwd: folder, env: offline() });
    const text = readFileSync(join(folder, "packaged/cloudformation-template-update-stack.json"), "utf8");
    return { resources: JSON.parse(text).Resources, text };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A region, nobody's credentials, and no address at which to look for some. */
const offline = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: tmpdir(),
  AWS_REGION: "eu-west-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
  AWS_CONFIG_FILE: "/nowhere",
  SLS_NOTIFICATIONS_MODE: "off",
  SLS_TELEMETRY_DISABLED: "1",
  CI: "1",
});

export const ofType = (resources: Resources, type: string): [name: string, Resource["Properties"]][] =>
  Object.entries(resources).flatMap(([name, { Type, Properties }]) =>
    Type === type ? [[name, Properties] as [string, Resource["Properties"]]] : [],
  );
