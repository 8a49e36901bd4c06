import { createHash } from "node:crypto";
import type { Claim, ReceiptStore } from "../app/ports/call.ts";
import type { User } from "../domain/authorisation.ts";
import { Refusal } from "../domain/refusal.ts";
import { RequestFault } from "./faults.ts";

/** How long an answer is kept, at least. Seconds: a day. */
const KEEP_S = 86_400;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

interface Request {
  readonly user: User;
  readonly route: string;
  readonly params: unknown;
  readonly body: unknown;
}

/** What a caller's Idempotency-Key stands for. Another caller's same key is another claim. @throws RequestFault `idempotency-key-invalid`. */
export function claim(key: string, { user, route, params, body }: Request, machineNow: number): Claim {
  if (!VISIBLE_ASCII.test(key)) throw new RequestFault("idempotency-key-invalid");
  return {
    id: digest([user.tenant, user.sub, route, params, key]),
    fingerprint: digest(body ?? null),
    keepUntil: Math.floor(machineNow / 1000) + KEEP_S,
  };
}

const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/**
 * Does the work once for the claim: an answer that was given already is given again, also when the same request came twice
 * at the same time. @throws RequestFault `idempotency-key-reused` when the key stood for another request.
 */
export async function once<T>(claimed: Claim, receipts: ReceiptStore, work: () => Promise<T>): Promise<T> {
  const earlier = await answered<T>(claimed, receipts);
  if (earlier) return earlier.reply;
  try {
    return await work();
  } catch (error) {
    // Its twin may have been first, and the refusal be about what the twin did.
    const meanwhile = error instanceof Refusal ? await answered<T>(claimed, receipts) : undefined;
    if (!meanwhile) throw error;
    return meanwhile.reply;
  }
}

async function answered<T>({ id, fingerprint }: Claim, receipts: ReceiptStore): Promise<{ readonly reply: T } | undefined> {
  const receipt = await receipts.find(id);
  if (receipt && receipt.fingerprint !== fingerprint) throw new RequestFault("idempotency-key-reused");
  return receipt && { reply: receipt.reply as T };
}
