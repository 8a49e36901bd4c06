/** What a row of random numbers begins from: two whole numbers of 32 bits. */
export type Seed = readonly [number, number];

/** Rounds before the first number, so that seeds that are alike give rows that are not. */
const WARM_UP = 12;

/**
 * Numbers in [0, 1), the same row for the same seed: "Small Fast Counting", 32 bits wide (Chris Doty-Humphrey, PractRand).
 * A decision is drawn from nothing else, so that its seed reproduces it. Not for secrets.
 */
export function drawnFrom([one, other]: Seed): () => number {
  let [a, b, c, counter] = [one | 0, other | 0, 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < WARM_UP; round++) next();
  return next;
}
