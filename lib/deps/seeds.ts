import { randomFillSync } from "node:crypto";
import type { NewSeed } from "../app/ports/world.ts";

/** So many seeds are drawn at a time: asking for random numbers costs as much for a thousand as for one. */
const DRAWN = 256;

const words = new Uint32Array(2 * DRAWN);
let next = words.length;

/** 64 random bits: decisions made in the same millisecond differ by them alone. */
export const newSeed: NewSeed = () => {
  if (next === words.length) {
    randomFillSync(words);
    next = 0;
  }
  const [one = 0, other = 0] = [words[next], words[next + 1]];
  next += 2;
  return [one, other];
};
