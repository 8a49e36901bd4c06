import { Unavailable } from "./ports/unavailable.ts";
import type { InTime, Now } from "./ports/world.ts";

interface Patience {
  /** The machine's clock. */
  readonly machineNow: Now;
  readonly inTime: InTime;
  /** Nobody waits longer for one answer. Milliseconds. */
  readonly waitMs: number;
  /** For so long after a failure it is not asked at all. Milliseconds. */
  readonly restMs: number;
}

/** Asks as it is told, or says at once, or soon, that there is no answer. @throws Unavailable. */
export type Briefly = <T>(ask: () => Promise<T>) => Promise<T>;

/**
 * Asks a store that may be away for somebody who goes on without it: a tap is led on in time whether the store refuses or hangs
 * (reliability.md P6). What was asked for and not waited for may still be done.
 */
export function briefly({ machineNow, inTime, waitMs, restMs }: Patience): Briefly {
  let restsUntil = Number.NEGATIVE_INFINITY;
  return async (ask) => {
    if (machineNow() < restsUntil) throw new Unavailable();
    try {
      const found = await inTime(ask(), waitMs);
      if (!found) throw new Unavailable();
      return found.value;
    } catch (error) {
      if (error instanceof Unavailable) restsUntil = machineNow() + restMs;
      throw error;
    }
  };
}
