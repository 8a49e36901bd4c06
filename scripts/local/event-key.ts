import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { readOrWriteOnce } from "./write-atomically.ts";

/** "kid:base64url of 32 random bytes". */
const newKey = (): string => `local-1:${randomBytes(32).toString("base64url")}`;

/** A new key for each purpose of the stack's: nothing that one signs is the other's. */
export const newKeys = () => ({
  eventKey: newKey(),
  cursorKey: newKey(),
  decisionKey: newKey(),
  viewerKey: newKey(),
  statementKey: newKey(),
});

/** For whom nothing is signed. */
export const NO_KEYS = { eventKey: "", cursorKey: "", decisionKey: "", viewerKey: "", statementKey: "" } as const;

/** The keys kept in the folder, made when missing, so that what was signed before a restart is still ours after it. None of cursors: they live for minutes. */
export const keptKeys = async (folder: string) => ({
  eventKey: await kept(join(folder, "event-key")),
  decisionKey: await kept(join(folder, "decision-key")),
  viewerKey: await kept(join(folder, "viewer-key")),
  statementKey: await kept(join(folder, "statement-key")),
});

const kept = async (file: string): Promise<string> => (await readOrWriteOnce(file, async () => newKey())).trim();
