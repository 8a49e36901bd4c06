/**
 * Draws one of several by weight. Three numbers to a column: how much of it is its own, whose it is, and whose the rest is. One row,
 * since what is read together is found faster when it lies together.
 */
export type AliasTable = readonly number[];

const WIDTH = 3;

/**
 * Made to draw at a cost that does not grow with how many there are. The method is A. J. Walker's (1977), built in linear time as
 * M. D. Vose does (1991). What weighs nothing is never drawn; undefined when nothing weighs anything.
 */
export function aliasTable(weights: readonly number[]): AliasTable | undefined {
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
  return [...own.keys()].flatMap((column) => [at(own, column), at(drawn, column), at(drawn, at(rest, column))]);
}

/** The index of one, by one random number and one comparison. `random` yields [0, 1). */
export function draw(table: AliasTable, random: () => number): number {
  const point = (random() * table.length) / WIDTH;
  const column = Math.floor(point);
  return at(table, WIDTH * column + (point - column < at(table, WIDTH * column) ? 1 : 2));
}

/** The indices above are all inside. */
const at = (numbers: ArrayLike<number>, index: number): number => numbers[index] as number;
