/** An instant: epoch milliseconds, UTC. */
export type Instant = number;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Half-open: `opensAt` is inside, `closesAt` is not. */
export interface Window {
  readonly opensAt: Instant;
  readonly closesAt: Instant;
}

/** Instances' clocks may differ by this much either way (reliability.md P1, F24); a window shrinks by it at both ends when serving. */
export const GUARD_BAND_MS = 250;

/** Whether `at` is inside the window, keeping `guardMs` away from both ends. */
export const contains = (window: Window, at: Instant, guardMs = 0): boolean =>
  window.opensAt + guardMs <= at && at < window.closesAt - guardMs;

/** Whether two windows share an instant. */
export const overlap = (one: Window, other: Window): boolean => one.opensAt < other.closesAt && other.opensAt < one.closesAt;
