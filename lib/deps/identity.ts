import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { Unavailable } from "../app/ports/unavailable.ts";
import { configure, settings } from "../config.ts";
import { userOf } from "../contracts/claims.ts";
import type { User } from "../domain/authorisation.ts";
import { ask } from "./https.ts";

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
  const keys = createRemoteJWKSet(new URL(JWKS_URL), { timeoutDuration: KEYS_TIMEOUT_MS, [customFetch]: fetchKeys });
  return async (token) => {
    const payload = await verified(token, keys, { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });
    return payload && userOf(payload);
  };
}

/** How long a token that was verified is taken at its word, and how many such are kept. A key withdrawn by the issuer works as long. */
const REMEMBERED = { ms: 60_000, most: 500 } as const;

/**
 * The same, for whoever asks hundreds of times a second with one token: verifying it is 100 times the work of a decision. A
 * token is remembered for a minute at most and never beyond its own end; one that was not believed is never remembered.
 */
export function rememberingIdentity(
  identify: Identify,
  now: () => number,
): (token: string) => User | undefined | Promise<User | undefined> {
  const known = new Map<string, { readonly user: User; readonly until: number }>();
  return (token) => {
    const found = known.get(token);
    if (found && now() < found.until) return found.user;
    return identify(token).then((user) => {
      if (known.size >= REMEMBERED.most) known.clear();
      if (user) known.set(token, { user, until: Math.min(now() + REMEMBERED.ms, endOf(token)) });
      return user;
    });
  };
}

/** When a token ends that was verified and so has an end. Epoch milliseconds. */
const endOf = (token: string): number => (decodeJwt(token).exp ?? 0) * 1000;

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
