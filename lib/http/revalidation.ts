import { createHash } from "node:crypto";
import type { Response } from "./respond.ts";

/**
 * The response with a strong ETag of its body, which its reader may keep as `cacheControl` says; or, when they have it
 * already, 304 without a body (RFC 9110 §13.1.2, §15.4.5). Compared weakly, as for GET: on the way a cache may have weakened it.
 */
export function revalidated(response: Response, cacheControl: string, ifNoneMatch: string | undefined): Response {
  const etag = `"${createHash("sha256")
    .update(response.body ?? "")
    .digest("base64url")}"`;
  const { "content-type": contentType, ...kept } = response.headers ?? {};
  const headers = { ...kept, "cache-control": cacheControl, etag };
  if (names(ifNoneMatch, etag)) return { statusCode: 304, headers };
  return { ...response, headers: { ...headers, ...(contentType === undefined ? {} : { "content-type": contentType }) } };
}

const names = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.trim() === "*" || [...(ifNoneMatch ?? "").matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);
