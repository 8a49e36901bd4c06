import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Unavailable } from "../app/ports/unavailable.ts";
import { configure, settings } from "../config.ts";
import { claims } from "../contracts/claims.ts";
import type { User } from "../domain/authorisation.ts";

/** Who a bearer token says its holder is; undefined when it says nothing we believe. @throws Unavailable when the keys cannot be had. */
export type Identify = (token: string) => Promise<User | undefined>;

/** How far our clock and the issuer's may be apart. Seconds. */
const TOLERANCE_S = 5;
/** For one fetch of the issuer's keys. Milliseconds. */
const KEYS_TIMEOUT_MS = 1_000;

/**
 * Verifies tokens here, whatever stands in front (ecosystem.md §0.3). Algorithm, issuer, audience, type and lifetime are
 * fixed by us, never read from the token (RFC 8725). Keys come from the JWKS address, cached, and fetched again for an
 * unknown key id. The machine's clock judges lifetimes, also where the festival's is moved.
 */
export function identity(): Identify {
  const { JWKS_URL, TOKEN_ISSUER, TOKEN_AUDIENCE } = configure(settings.identity);
  const keys = createRemoteJWKSet(new URL(JWKS_URL), { timeoutDuration: KEYS_TIMEOUT_MS });
  return async (token) => {
    const payload = await verified(token, keys, { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });
    const found = claims.safeParse(payload);
    return found.success ? found.data : undefined;
  };
}

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

/** Not the token's fault: the fetch failed, took too long, or brought something that is no key set. */
const keysAreOutOfReach = (error: unknown) =>
  error instanceof TypeError || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || isPlainJoseError(error);

/** jose answers a key set's HTTP error status with its base class. */
const isPlainJoseError = (error: unknown) => error instanceof errors.JOSEError && error.code === errors.JOSEError.code;
