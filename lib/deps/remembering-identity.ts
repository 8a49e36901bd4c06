import type { Now } from "../app/ports/world.ts";
import type { User } from "../domain/authorisation.ts";
import type { Identify } from "./token-rules.ts";

/** How long a token that was verified is taken at its word, and how many such are kept. A key withdrawn by the issuer works as long. */
const REMEMBERED = { ms: 60_000, most: 500 } as const;
/** RFC 6750 §2.1, and no longer than any token we believe. */
const BEARER = /^Bearer ([\w.~+/=-]{1,4096})$/i;

/**
 * Who the bearer in an Authorization header is, for whoever is asked hundreds of times a second with the same one: verifying it is 20
 * times the work of a decision. A header is remembered for a minute at most and never beyond its token's end; one that was not
 * believed is never remembered.
 */
export function rememberingIdentity(identify: Identify, now: Now): (authorization: string) => User | undefined | Promise<User | undefined> {
  const known = new Map<string, { readonly user: User; readonly until: number }>();
  return (authorization) => {
    const found = known.get(authorization);
    if (found && now() < found.until) return found.user;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    return identify(token).then((user) => {
      if (!user) return undefined;
      if (known.size >= REMEMBERED.most) known.clear();
      known.set(authorization, { user, until: Math.min(now() + REMEMBERED.ms, endOf(token)) });
      return user;
    });
  };
}

/** When a token ends that was verified and so has an end. Epoch milliseconds. */
const endOf = (token: string): number => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).exp * 1000;
