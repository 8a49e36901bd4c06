import { RequestFault } from "./faults.ts";

/** No body we take is near it, but for those of endpoints that say so. Bytes. */
const LARGEST_BODY = 64 * 1024;
/** No body we take is nested deeper. */
const DEEPEST = 8;

/**
 * The value of a JSON body. Size and depth are checked on the text, before it is parsed (reliability.md T16).
 * @throws RequestFault `body-too-large`, `body-too-deep`, `not-json`, `broken-text` (a lone surrogate anywhere).
 */
export function jsonBody(body: string, mostBytes = LARGEST_BODY): unknown {
  if (Buffer.byteLength(body) > mostBytes) throw new RequestFault("body-too-large");
  if (depthOf(body) > DEEPEST) throw new RequestFault("body-too-deep");
  const value = parsed(body);
  if (!isWellFormed(value)) throw new RequestFault("broken-text");
  return value;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RequestFault("not-json");
    throw error;
  }
}

/** Recursion is safe: the depth is bounded before. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}

/** How deep the brackets of a JSON text go, those inside strings left out. A string that never ends is taken whole, so the time is linear. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  }
  return deepest;
}
