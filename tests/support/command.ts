import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
/** The commands of one test file share a local folder, and none with a stack that somebody runs here. */
const FOLDER = `.local/e2e-${randomBytes(4).toString("hex")}`;

/** Forgets what the commands of this test file have left. */
export const forgetFolder = (): Promise<void> => rm(join(ROOT, FOLDER), { recursive: true, force: true });

/** A command of the project as somebody would run it, and all it has printed so far. */
export interface Running {
  output(): string;
  /** Settles when the output matches. @throws when the command ends without it. */
  prints(pattern: RegExp): Promise<void>;
  /** The exit code. */
  ends(): Promise<number | null>;
  /** Ctrl-C; the exit code. */
  stop(): Promise<number | null>;
  /** The process ids of all it has started, and they. Linux only. */
  descendants(): Promise<readonly number[]>;
}

/** A script of the project. */
export const command = (script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Running =>
  running(process.execPath, [script, ...args], env);

/** A line as somebody would paste it into their shell. */
export const shell = (line: string): Running => running("sh", ["-c", line], {});

function running(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const own = { SEASONGATE_FOLDER: FOLDER };
  const { DYNAMODB_ENDPOINT: _other, NODE_OPTIONS: _jest, ...inherited } = process.env;
  const child = spawn(program, args, { cwd: ROOT, env: { ...inherited, ...own, ...env } });
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((settle) => child.on("close", settle));

  return {
    output: () => output,
    ends: () => ended,
    async prints(pattern) {
      const printed = new Promise<void>((settle) => {
        const look = () => pattern.test(output) && settle();
        listeners.add(look);
        look();
      });
      await Promise.race([printed, ended]);
      if (!pattern.test(output)) throw new Error(`${[program, ...args].join(" ")} ended without printing ${pattern}:\n${output}`);
    },
    stop() {
      child.kill("SIGINT");
      return ended;
    },
    descendants: () => descendantsOf(child.pid ?? -1),
  };
}

/** Those of the processes that still run. A zombie has ended; only its parent, here the machine's init, has not asked how. */
export async function runningAmong(pids: readonly number[]): Promise<readonly string[]> {
  const states = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, "utf8").catch(() => "State: Z")));
  return states.filter((state) => !/^State:\s+Z/m.test(state));
}

async function descendantsOf(pid: number): Promise<readonly number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const each of all) {
    const status = await readFile(`/proc/${each}/status`, "utf8").catch(() => "");
    parents.set(each, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  const isUnder = (each: number): boolean => each > 1 && (parents.get(each) === pid || isUnder(parents.get(each) ?? 0));
  return all.filter(isUnder);
}
