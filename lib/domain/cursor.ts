import type { Signer } from "./event-token.ts";
import { Refusal } from "./refusal.ts";
import type { Instant } from "./window.ts";

/** How long a cursor can be used, at least. Milliseconds: 15 minutes. */
const LIFE_MS = 900_000;
/**
 * Ends are rounded up to these steps, so that a page that has not changed is the same text, cursor included, and keeps its
 * ETag. Milliseconds: 5 minutes.
 */
const STEP_MS = 300_000;
/** A cursor lives in a query: longer than this is not ours. Characters. */
const LONGEST_CURSOR = 1024;

/** Whose list it is and what was asked of it: a cursor leads on in that list only. Any JSON. */
export type CursorScope = readonly unknown[];

/**
 * `v1.<key id>.<payload>.<signature>`: where in a list a page ended. The payload is the base64url JSON of its end and the
 * position; the scope is only in what is signed (reliability.md T15), so a cursor does not tell whose it is.
 */
export function mintCursor(signer: Signer, scope: CursorScope, position: string, now: Instant): string {
  const expiresAt = Math.ceil((now + LIFE_MS) / STEP_MS) * STEP_MS;
  const payload = Buffer.from(JSON.stringify([expiresAt, position])).toString("base64url");
  return `v1.${signer.keyId}.${payload}.${signer.sign(signed(signer.keyId, scope, payload))}`;
}

/** The position a cursor stands for. @throws Refusal `cursor-invalid`: not ours, altered, of another list or caller, or expired. */
export function openCursor(signer: Signer, scope: CursorScope, cursor: string, now: Instant): string {
  const [version, keyId, payload, signature, ...rest] = cursor.length > LONGEST_CURSOR ? [] : cursor.split(".");
  const whole = version === "v1" && keyId && payload && signature && rest.length === 0;
  if (!whole || !signer.verify(keyId, signed(keyId, scope, payload), signature)) throw new Refusal("cursor-invalid");
  // Only text we signed comes here, so its shape is known.
  const [expiresAt, position] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [Instant, string];
  if (now >= expiresAt) throw new Refusal("cursor-invalid");
  return position;
}

/** JSON, so that no two scopes and payloads make the same text. */
const signed = (keyId: string, scope: CursorScope, payload: string): string => JSON.stringify(["cursor", keyId, scope, payload]);
