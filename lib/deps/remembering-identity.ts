import type { User } from "../domain/authorisation.ts";
import type { Identify } from "./token-rules.ts";

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
const endOf = (token: string): number => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).exp * 1000;
