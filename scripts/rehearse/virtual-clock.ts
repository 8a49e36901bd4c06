import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The rehearsal's clock: it stands still while something happens, and jumps to what happens next. */
export interface VirtualClock {
  now(): number;
  /** Goes on to an instant, no sooner than the speed allows, unless `stopped` while it waits. It never goes back. */
  advance(to: number, stopped: AbortSignal): Promise<void>;
  /** Makes it this instant anew for those who read the file, whose clock runs on. */
  settle(): void;
  /** How fast it has been on the whole: virtual milliseconds for each real one. */
  speed(): number;
  /** Gives the machine its own clock back. */
  release(): void;
}

/** Shorter waits are not worth a timer. Milliseconds. */
const SHORTEST_WAIT_MS = 5;
/** Characters; the longest offset there is has 15 and its end of line. */
const OFFSET_WIDTH = 20;

/**
 * Moves the festival's clock of this process and of every other that reads `file`. The machine's clock is held here
 * between moves, so that nothing that is judged depends on how fast the machine is. `speed` is the most, never a claim.
 */
export function virtualClock(file: string, startsAt: number, speed: number): VirtualClock {
  const machineNow = Date.now;
  const began = performance.now();
  const offset = openSync(file, "w");
  let now = startsAt;
  const move = (to: number) => {
    const held = machineNow();
    Date.now = () => held;
    now = to;
    // In place and of one width: it is done tens of thousands of times, and nobody reads while the clock moves.
    writeSync(offset, `${to - held}\n`.padStart(OFFSET_WIDTH), 0);
  };
  move(startsAt);
  return {
    now: () => now,
    async advance(to, stopped) {
      const ahead = (to - startsAt) / speed - (performance.now() - began);
      if (ahead > SHORTEST_WAIT_MS) await sleep(ahead, undefined, { signal: stopped }).catch(() => {});
      if (to > now && !stopped.aborted) move(to);
    },
    settle: () => move(now),
    speed: () => (now - startsAt) / (performance.now() - began),
    release() {
      Date.now = machineNow;
      closeSync(offset);
    },
  };
}
