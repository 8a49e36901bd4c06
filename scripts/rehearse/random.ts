import { seeded } from "../local/seeded.ts";

/** Draws from one row of numbers. */
export interface Random {
  /** [0, 1). */
  (): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  /** Whether something of probability `p` happens. */
  happens(p: number): boolean;
  /** One of the items. */
  of<T>(items: readonly [T, ...T[]]): T;
}

/** A row of its own for each seed and purpose, so that a draw more in one place changes nothing in another. */
export function randomOf(seed: number, purpose: number): Random {
  const draw = seeded(Math.imul(seed, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b));
  const below = (n: number) => Math.floor(draw() * n);
  return Object.assign(() => draw(), {
    below,
    happens: (p: number) => draw() < p,
    of: <T>(items: readonly [T, ...T[]]) => items[below(items.length)] ?? items[0],
  });
}
