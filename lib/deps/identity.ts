import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Unavailable } from "../app/ports/unavailable.ts";
import { configure, settings } from "../config.ts";
import { userOf } from "../contracts/claims.ts";
import { ask } from "./https.ts";
import { type Identify, KEYS_TIMEOUT_MS, TOLERANCE_S } from "./token-rules.ts";

/**
 * Verifies tokens here, whatever stands in front (ecosystem.md §0.3). Algorithm, issuer, audience, type and lifetime are
 * fixed by us, never read from the token (RFC 8725). Keys come from the JWKS address, cached, and fetched again for an
 * unknown key id. The machine's clock judges lifetimes, also where the festival's is moved.
 */
export function identity(): Identify {
  const { JWKS_URL, TOKEN_ISSUER, TOKEN_AUDIENCE } = configure(settings.identity);
  const keys = createRemoteJWKSet(new URL(JWKS_URL), { timeoutDuration: KEYS_TIMEOUT_MS, [customFetch]: fetchKeys });
  return async (token) => {
    const payload = await verified(token, keys, { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });
    return payload && userOf(payload);
  };
}

/** What jose needs of a fetch, by the client that the function has loaded anyway. */
const fetchKeys: FetchImplementation = async (url) => {
  const { status, body } = await ask({
    url: new URL(url),
    method: "GET",
    headers: { accept: "application/json" },
    timeoutMs: KEYS_TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw new Unavailable(error);
  });
  return { status, json: async () => JSON.parse(body) } as Response;
};

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { issuer: string; audience: string },
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: ["ES256"],
      typ: "at+jwt",
      requiredClaims: ["sub", "iat", "nbf", "exp"],
      clockTolerance: TOLERANCE_S,
    });
    return payload;
  } catch (error) {
    if (keysAreOutOfReach(error)) throw new Unavailable(error);
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** Not the token's fault: the fetch took too long, or brought something that is no key set. */
const keysAreOutOfReach = (error: unknown) =>
  error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || isPlainJoseError(error);

/** jose answers a key set's HTTP error status with its base class. */
const isPlainJoseError = (error: unknown) => error instanceof errors.JOSEError && error.code === errors.JOSEError.code;
