import type { Act } from "./fault-acts.ts";

/** Acts that keep a transaction from the store. */
export const REFUSED = [
  "hangBefore",
  "throttle",
  "throttling",
  "requestLimit",
  "internal",
  "unavailable",
  "txInProgress",
  "txConflict",
  "txThrottle",
  "reset",
] as const satisfies readonly Act[];

/** Acts under which the store has done it, whatever the caller hears. */
export const APPLIED = ["hangAfter", "loseResponse", "lose500", "truncate", "garbage", "duplicate"] as const satisfies readonly Act[];

/** Acts that keep a single put from the store. */
export const REFUSED_SINGLE = [
  "hangBefore",
  "throttle",
  "throttling",
  "requestLimit",
  "internal",
  "unavailable",
  "txConflictSingle",
  "reset",
] as const satisfies readonly Act[];

/** How long a client waits for each answer when calls meet the act. What hangs on purpose is given up; anything else is waited for, however busy the machine. Milliseconds. */
export const patienceWith = (act: Act, givingUpAfter = 1_500): number => (act.startsWith("hang") ? givingUpAfter : 30_000);
