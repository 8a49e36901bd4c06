import { Unavailable } from "../app/ports/unavailable.ts";
import { type Reason, Refusal } from "../domain/refusal.ts";
import { RequestFault } from "./faults.ts";

/** A status, a title, and what a person can do about it. */
export type Row = readonly [status: number, title: string, detail: string];

/** What may be said of a request to any function, whatever it is about. */
export const COMMON = {
  "not-http": [400, "Not an HTTP request", "This function answers HTTP requests only."],
  "unknown-route": [404, "No such address", "See /openapi.json for the addresses there are."],
  unauthenticated: [401, "No valid bearer token", "Send a current token of this service as Authorization: Bearer."],
  "body-too-large": [413, "The body is too large", "Send at most 64 KiB, or what /openapi.json allows there."],
  "body-too-deep": [400, "The body is nested too deep", "Send JSON of at most 8 levels."],
  "not-json": [400, "The body is not JSON", "Send one JSON value in UTF-8."],
  "broken-text": [400, "The body has broken characters", "Remove the lone surrogates from its strings."],
  "unsupported-media-type": [415, "The body's type is not taken", "Send application/json, or a type that /openapi.json names there."],
  "idempotency-key-reused": [422, "The key stands for another request", "Use a new Idempotency-Key for a new request."],
  "idempotency-key-invalid": [400, "Not an Idempotency-Key", "Send 1 to 255 visible ASCII characters."],
  "invalid-request": [400, "The request does not fit its schema", "Correct each element named in errors; see /openapi.json."],

  "not-found": [404, "No such thing", "Check the id, and that it is within your reach."],
  forbidden: [403, "Not for this role", "Ask somebody whose role may do this."],

  unavailable: [503, "Not available just now", "Try again in a second; nothing is known to have changed."],
  "internal-error": [500, "Our fault", "Tell the operators the request id."],
} as const satisfies Record<string, Row>;

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly Reason[];
}

/**
 * What an error means to the one who asked, by the rows of the codes that can come up there. An error nobody named, or without a
 * row, is ours: a 500 without internals.
 */
export function problemBy(rows: Readonly<Record<string, Row>>, error: unknown, requestId: string): Problem {
  const named = error instanceof Refusal || error instanceof RequestFault;
  const found = named ? error.code : error instanceof Unavailable ? "unavailable" : "internal-error";
  const code = Object.hasOwn(rows, found) ? found : "internal-error";
  const [status, title, detail] = rows[code] ?? COMMON["internal-error"];
  const errors = named && error.reasons.length > 0 ? { errors: error.reasons } : {};
  return { type: `urn:seasongate:problem:${code}`, title, status, detail, code, requestId, ...errors };
}
