import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./child.ts";

/** A child ended, or did not answer in time. `tail` holds the last lines it wrote. */
export class ChildFailure extends Error {
  override readonly name = "ChildFailure";
  readonly tail: readonly string[];

  constructor(sentence: string, tail: readonly string[]) {
    super(sentence);
    this.tail = tail;
  }
}

export type Patience = {
  readonly withinMs: number;
  /** Whether an answer counts; by default any does. It may throw to give up. */
  readonly accepts?: (response: Response) => Promise<boolean>;
  /** Looked at between tries; a sentence says that waiting is in vain, and why. */
  readonly hopeless?: (tail: readonly string[]) => string | undefined;
};

async function anyAnswer(response: Response): Promise<boolean> {
  await response.body?.cancel();
  return true;
}

/**
 * Waits until the child answers HTTP requests at `url`.
 *
 * @throws ChildFailure when it ends first, is hopeless or gives no such answer for `withinMs`.
 */
export async function waitUntilAnswers(
  child: Child,
  url: string,
  { withinMs, accepts = anyAnswer, hopeless = () => undefined }: Patience,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  const ended = child.ended.then((how): never => {
    throw new ChildFailure(`${child.name} ended while it was starting (${how}).`, child.tail());
  });
  const poll = async () => {
    while (performance.now() < deadline) {
      const response = await fetch(url, { signal: AbortSignal.timeout(Math.min(10_000, withinMs)) }).catch(() => undefined);
      if (response && (await accepts(response))) return;
      const why = hopeless(child.tail());
      if (why !== undefined) throw new ChildFailure(why, child.tail());
      await sleep(50);
    }
    throw new ChildFailure(`${child.name} did not answer at ${url} within ${withinMs / 1000} s.`, child.tail());
  };
  await Promise.race([poll(), ended]);
}
