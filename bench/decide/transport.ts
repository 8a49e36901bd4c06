import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ask as realAsk } from "../../lib/deps/https.ts";
import { answerFile, KEYS_FILE } from "./answer-file.ts";

/** What the bench knows of the wire: how often it was used, and whether using it is forbidden just now. */
export interface Wire {
  calls: number;
  isForbidden: boolean;
}

/** The bundle and the bench meet here: the bundle has its own copy of this file. */
const shared = globalThis as { wire?: Wire };
const wire: Wire = shared.wire ?? { calls: 0, isForbidden: false };
shared.wire = wire;

/**
 * Stands for lib/deps/https.ts in the bundle that is measured: everything the function reads comes from a folder, as the bytes that
 * DynamoDB and the issuer would send.
 */
export const ask: typeof realAsk = async ({ url, body }) => {
  wire.calls++;
  if (wire.isForbidden) throw new Error("a decision went over the wire");
  const folder = process.env["BENCH_FOLDER"] ?? "";
  if (url.pathname.endsWith(KEYS_FILE)) return answer(readFileSync(join(folder, KEYS_FILE), "utf8"));
  const { Key, KeyConditionExpression } = JSON.parse(body ?? "{}");
  if (KeyConditionExpression) return answer('{"Items":[]}');
  try {
    return answer(readFileSync(join(folder, answerFile("GetItem", Key.pk.S, Key.sk.S)), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return answer("{}");
    throw error;
  }
};

const answer = (body: string) => ({ status: 200, headers: {}, body });
