import type { User } from "../domain/authorisation.ts";

/** Who a bearer token says its holder is; undefined when it says nothing we believe. @throws Unavailable when the keys cannot be had. */
export type Identify = (token: string) => Promise<User | undefined>;

/** How far our clock and the issuer's may be apart. Seconds. */
export const TOLERANCE_S = 5;
/** For one fetch of the issuer's keys. Milliseconds. */
export const KEYS_TIMEOUT_MS = 1_000;
