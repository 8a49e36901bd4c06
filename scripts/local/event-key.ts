import { randomBytes } from "node:crypto";
import { readOrWriteOnce } from "./write-atomically.ts";

/** A new key for signing event tokens: "kid:base64url of 32 random bytes". */
export function newEventKey(): string {
  return newKey();
}

/** A new key for signing cursors. None is kept: they live for minutes. */
export function newCursorKey(): string {
  return newKey();
}

/** A new key for signing the ids of decisions. */
export function newDecisionKey(): string {
  return newKey();
}

/** A new key that viewers are known by. */
export function newViewerKey(): string {
  return newKey();
}

/** A new key for signing statements. */
export function newStatementKey(): string {
  return newKey();
}

const newKey = () => `local-1:${randomBytes(32).toString("base64url")}`;

/** The key kept in `file`, made when missing, so that what was signed before a restart is still ours after it. */
export async function kept(file: string, newKey: () => string): Promise<string> {
  return (await readOrWriteOnce(file, async () => newKey())).trim();
}
