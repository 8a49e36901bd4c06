/** Lambda ends a function where it stands, and a write begun shortly before is one of which nothing is known (reliability.md F22). Milliseconds. */
const MARGIN_MS = 200;

/** Whether the invocation under way has the time left to begin a write. */
export function timeLeft() {
  let remaining: () => number = () => Number.POSITIVE_INFINITY;
  return {
    /** `getRemainingTimeInMillis` of the invocation's context. */
    begin(remainingMs: () => number): void {
      remaining = remainingMs;
    },
    mayWrite: () => remaining() > MARGIN_MS,
  };
}
