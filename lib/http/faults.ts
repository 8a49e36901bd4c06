import type { Reason } from "../domain/refusal.ts";

/** What can be wrong with a request before any rule is asked. */
export type RequestFaultCode =
  | "not-http"
  | "unknown-route"
  | "unauthenticated"
  | "body-too-large"
  | "body-too-deep"
  | "not-json"
  | "broken-text"
  | "unsupported-media-type"
  | "idempotency-key-reused"
  | "idempotency-key-invalid"
  | "invalid-request";

/** The request is refused for its form. Nothing was changed. */
export class RequestFault extends Error {
  readonly code: RequestFaultCode;
  readonly reasons: readonly Reason[];

  constructor(code: RequestFaultCode, reasons: readonly Reason[] = []) {
    super(code);
    this.name = "RequestFault";
    this.code = code;
    this.reasons = reasons;
  }
}
