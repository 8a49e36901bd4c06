import { Unavailable } from "./ports/unavailable.ts";
import type { Now } from "./ports/world.ts";

interface Patience {
  /** The machine's clock. */
  readonly machineNow: Now;
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
export function briefly({ machineNow, waitMs, restMs }: Patience): Briefly {
  let restsUntil = Number.NEGATIVE_INFINITY;
  return async (ask) => {
    if (machineNow() < restsUntil) throw new Unavailable();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Unavailable()), waitMs);
    });
    const asked = ask();
    // It may fail when nobody waits for it any more.
    asked.catch(() => {});
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      if (error instanceof Unavailable) restsUntil = machineNow() + restMs;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
