import { createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { Unavailable } from "../app/ports/unavailable.ts";
import type { Now } from "../app/ports/world.ts";
import { configure, settings } from "../config.ts";
import { userOf } from "../contracts/claims.ts";
import { ask } from "./https.ts";
import { type Identify, KEYS_TIMEOUT_MS, TOLERANCE_S } from "./token-rules.ts";

/** How long the issuer's keys are taken to be current, and how soon they may be fetched again for a key id nobody knows. Milliseconds. */
const KEYS_MS = { current: 600_000, again: 30_000 } as const;

/**
 * `identity` for the function that decides, without jose, which would be half of its bundle: one algorithm, one type, one issuer, one
 * audience, and Node's own ES256 (docs/decisions/0019-hot-path.md). Every forged token that the other is tried with this one is too,
 * and the two have to agree.
 */
export function leanIdentity(now: Now): Identify {
  const { JWKS_URL, TOKEN_ISSUER, TOKEN_AUDIENCE } = configure(settings.identity);
  const keyOf = issuersKeys(new URL(JWKS_URL), now);
  return async (token) => {
    const [head = "", body = "", signature = "", ...rest] = token.split(".");
    const header = record(head);
    // Only what was fixed beforehand is taken, and nothing that a token says about how it wants to be verified (RFC 8725 §3.1).
    const isOurs = rest.length === 0 && header && header["alg"] === "ES256" && header["typ"] === "at+jwt" && !("crit" in header);
    const key = isOurs ? await keyOf(header["kid"]) : undefined;
    const signed = Buffer.from(`${head}.${body}`);
    const bytes = Buffer.from(signature, "base64url");
    // Base64url has several spellings of the same bytes; only the one is a signature.
    if (!key || bytes.toString("base64url") !== signature) return undefined;
    if (!verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, bytes)) return undefined;
    const claims = record(body);
    return claims && isCurrent(claims, { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE, at: now() / 1000 }) ? userOf(claims) : undefined;
  };
}

type Claims = Readonly<Record<string, unknown>>;

/** The claims that a token has to have (RFC 9068 §2.2). `at` in seconds, as they are. */
function isCurrent(
  { iss, aud, iat, nbf, exp }: Claims,
  { issuer, audience, at }: { readonly issuer: string; readonly audience: string; readonly at: number },
): boolean {
  if (iss !== issuer || !(aud === audience || (Array.isArray(aud) && aud.includes(audience)))) return false;
  if (typeof iat !== "number" || typeof nbf !== "number" || typeof exp !== "number") return false;
  return nbf <= at + TOLERANCE_S && exp > at - TOLERANCE_S;
}

function record(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Kept {
  readonly byId: ReadonlyMap<unknown, KeyObject>;
  readonly at: number;
}

/** The issuer's keys by their ids, fetched when they are old, or for an id that is not among them. */
function issuersKeys(url: URL, now: Now): (kid: unknown) => Promise<KeyObject | undefined> {
  let kept: Kept | undefined;
  let inFlight: Promise<Kept> | undefined;
  const fetched = (): Promise<Kept> => {
    inFlight ??= fetchKeys(url, now).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
  return async (kid) => {
    if (!kept || now() - kept.at > KEYS_MS.current) kept = await fetched();
    else if (!kept.byId.has(kid) && now() - kept.at > KEYS_MS.again) kept = await fetched();
    // A token without a key id is of the one key, where there is but one.
    return kid === undefined && kept.byId.size === 1 ? [...kept.byId.values()][0] : kept.byId.get(kid);
  };
}

/** @throws Unavailable when what is answered is no key set: that is no fault of the token's. */
async function fetchKeys(url: URL, now: Now): Promise<Kept> {
  const at = now();
  try {
    const { status, body } = await ask({ url, method: "GET", headers: { accept: "application/json" }, timeoutMs: KEYS_TIMEOUT_MS });
    const { keys }: { readonly keys: readonly JsonWebKey[] } = JSON.parse(body);
    if (status !== 200) throw new TypeError(`the keys' address answered ${status}`);
    const ours = keys.filter(({ kty, crv, use }) => kty === "EC" && crv === "P-256" && (use === undefined || use === "sig"));
    return { at, byId: new Map(ours.map((jwk) => [jwk["kid"], createPublicKey({ key: jwk, format: "jwk" })])) };
  } catch (error) {
    throw new Unavailable(error);
  }
}
