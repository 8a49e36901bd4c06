/** Draws one of several by weight: its index. `random` yields [0, 1). */
export type Draw = (random: () => number) => number;

/**
 * Draws by weight at a cost that does not grow with how many there are: one random number, one comparison. The method is
 * A. J. Walker's (1977), built in linear time as M. D. Vose does (1991). What weighs nothing is never drawn; undefined when
 * nothing weighs anything.
 */
export function aliasTable(weights: readonly number[]): Draw | undefined {
  const drawn = [...weights.keys()].filter((index) => at(weights, index) > 0);
  const size = drawn.length;
  if (size === 0) return undefined;
  const sum = drawn.reduce((total, index) => total + at(weights, index), 0);
  // Every column is of height 1: how much of it is its own, and whose the rest is.
  const own = Float64Array.from(drawn, (index) => (at(weights, index) * size) / sum);
  const rest = Uint32Array.from(drawn.keys());
  const short: number[] = [];
  const tall: number[] = [];
  own.forEach((share, column) => {
    (share < 1 ? short : tall).push(column);
  });
  while (short.length > 0 && tall.length > 0) {
    const [taker, giver] = [short.pop() as number, at(tall, tall.length - 1)];
    rest[taker] = giver;
    own[giver] = at(own, giver) - (1 - at(own, taker));
    if (at(own, giver) < 1) short.push(tall.pop() as number);
  }
  // Only rounding leaves any over: they are full.
  for (const column of [...short, ...tall]) own[column] = 1;
  return (random) => {
    const point = random() * size;
    const column = Math.floor(point);
    return at(drawn, point - column < at(own, column) ? column : at(rest, column));
  };
}

/** The indices above are all inside. */
const at = (numbers: ArrayLike<number>, index: number): number => numbers[index] as number;
