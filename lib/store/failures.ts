import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { Unavailable } from "../app/ports/unavailable.ts";

const NO_ANSWER = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ENOTFOUND", "EHOSTUNREACH"]);
const LATER = new Set([
  "TimeoutError",
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "InternalServerError",
  "ServiceUnavailable",
  "TransactionInProgressException",
  "TransactionConflictException",
]);
/** Why a transaction is cancelled that may go through the next moment; the other reasons are the request's own. */
const PASSING = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

interface SdkError {
  readonly name: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const isSdkError = (error: unknown): error is SdkError => error instanceof Error;

/** An answer that is not DynamoDB's: the SDK cannot read it and does not retry it, and the write may have been done (reliability.md F7). */
export const isGarbled = (error: unknown): boolean => error instanceof SyntaxError;

/** A write that met a transaction on the same item, or a transaction cancelled for no fault of its own; the SDK retries neither. */
export const isContended = (error: unknown): boolean =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).every(({ Code = "None" }) => Code === "None" || PASSING.has(Code))
    : isSdkError(error) && error.name === "TransactionConflictException";

/** The SDK's error as the application knows it: Unavailable when the store could not be reached or said "later"; else itself. */
export function translated(error: unknown): unknown {
  if (!isSdkError(error)) return error;
  const { name, code, $metadata } = error;
  const later =
    isContended(error) || LATER.has(name) || (code !== undefined && NO_ANSWER.has(code)) || ($metadata?.httpStatusCode ?? 0) >= 500;
  return later || isGarbled(error) ? new Unavailable(error) : error;
}
