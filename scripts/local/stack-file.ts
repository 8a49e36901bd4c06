import { rm } from "node:fs/promises";
import { isFree } from "./free-port.ts";
import { readIfThere } from "./read-if-there.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Where the running stack is: addresses, and the process id of `npm start`. */
export type Stack = {
  readonly api: string;
  readonly lambda: string;
  readonly dynamodb: string;
  readonly jwks: string;
  readonly pid: number;
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The stack that runs now, or undefined. A file left behind by a killed one is ignored: its process is gone, or another
 * program has been given the number and nothing listens at the address.
 */
export async function runningStack(file: string): Promise<Stack | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const stack = JSON.parse(text) as Stack;
  const isUp = isAlive(stack.pid) && !(await isFree(Number(new URL(stack.api).port)));
  return isUp ? stack : undefined;
}

export function announceStack(file: string, stack: Stack): Promise<void> {
  return writeAtomically(file, `${JSON.stringify(stack, undefined, 2)}\n`);
}

export function withdrawStack(file: string): Promise<void> {
  return rm(file, { force: true });
}
