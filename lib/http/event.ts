import { isUtf8 } from "node:buffer";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Caller } from "../app/ports/call.ts";
import { RequestFault } from "./faults.ts";

/** What API Gateway's HTTP API sends, and serverless-offline for it; nothing of it is taken for granted. */
export type Event = Partial<APIGatewayProxyEventV2>;

export function isHttp(event: unknown): event is Event & { routeKey: string } {
  return typeof event === "object" && event !== null && "routeKey" in event && typeof event.routeKey === "string";
}

/** API Gateway lowers header names; serverless-offline does not always. */
export function headerOf({ headers }: Event, name: string): string | undefined {
  const found = headers?.[name];
  return found !== undefined ? found : Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Where a request says it comes from. */
export const callerOf = (event: Event): Caller => ({
  address: event.requestContext?.http?.sourceIp ?? "",
  userAgent: headerOf(event, "user-agent") ?? "",
});

const IS_JSON = /^application\/json\s*(?:;|$)/i;

/** The text of a body that says it is JSON. @throws RequestFault `unsupported-media-type`, `not-json`. */
export function bodyOf(event: Event): string {
  if (!IS_JSON.test(headerOf(event, "content-type") ?? "")) throw new RequestFault("unsupported-media-type");
  // serverless-offline gives null where API Gateway gives no body.
  const body = event.body ?? "";
  return event.isBase64Encoded ? utf8(Buffer.from(body, "base64")) : body;
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RequestFault("not-json");
  return bytes.toString();
}

/** An error for the log. */
export const described = (error: unknown) =>
  error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { name: typeof error };
