import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const TAIL_LINES = 20;

/** A process this one started and answers for. */
export type Child = {
  readonly name: string;
  readonly pid: number;
  /** The last lines it wrote, for when it dies. */
  readonly tail: () => readonly string[];
  /** Settles when it has ended, however that came about, with words such as "exit code 1". Never rejects. */
  readonly ended: Promise<string>;
  /** Asks it and its process group to end, insists after `graceMs`, and waits until it is gone. */
  readonly stop: (graceMs?: number) => Promise<void>;
};

export type ChildSettings = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Output goes to this file as well. */
  readonly logFile?: string;
  /** Output goes to the terminal as well. */
  readonly verbose?: boolean;
};

// A group of its own keeps Ctrl-C in the terminal from reaching the children before their parent decides; Windows has no such groups.
const GROUPED = process.platform !== "win32";

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(GROUPED ? -pid : pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function keepTail(process: ChildProcess): () => readonly string[] {
  let text = "";
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-16_384);
  };
  process.stdout?.on("data", keep);
  process.stderr?.on("data", keep);
  return () => text.trimEnd().split("\n").slice(-TAIL_LINES);
}

/**
 * Starts a program whose standard input is a pipe held open by this process: a program that ends when its input closes
 * cannot outlive us, even when we are killed outright.
 *
 * @throws the system's error (`code` "ENOENT" and the like) when the program cannot be started.
 */
export async function startChild({ name, command, args, env = process.env, logFile, verbose = false }: ChildSettings): Promise<Child> {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: GROUPED });
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  const tail = keepTail(child);
  child.stdin.on("error", () => {});
  if (logFile !== undefined) {
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
  }
  if (verbose) {
    child.stdout.pipe(process.stdout, { end: false });
    child.stderr.pipe(process.stderr, { end: false });
  }
  const pid = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => resolve(child.pid as number));
  });
  const stop = async (graceMs = 5_000) => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(pid, "SIGTERM");
    const late = new AbortController();
    await Promise.race([ended, sleep(graceMs, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    signalGroup(pid, "SIGKILL");
    await ended;
  };
  return { name, pid, tail, ended, stop };
}
