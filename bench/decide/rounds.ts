/** One way of doing a thing, as often as it is told. */
export interface Variant {
  readonly name: string;
  readonly run: (times: number) => void | Promise<void>;
}

interface Settings {
  readonly rounds: number;
  /** CPU time that each variant is given in a round. Milliseconds. */
  readonly sliceMs: number;
}

/** CPU time per run of each variant in each round. Microseconds. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

async function timed({ run }: Variant, times: number): Promise<number> {
  const before = cpu();
  await run(times);
  return (cpu() - before) / times;
}

/**
 * Measures variants in turns, round after round, so that what the machine does meanwhile meets all of them alike. CPU time of this
 * process; how often each is run in its slice is found out before.
 */
export async function inRounds(variants: readonly Variant[], { rounds, sliceMs }: Settings): Promise<Rounds> {
  const times = new Map<string, number>();
  for (const variant of variants) {
    let n = 16;
    // What is warm and what it costs is known when a run takes a fair part of its slice.
    for (let cost = await timed(variant, n); cost * n < sliceMs * 250; cost = await timed(variant, n)) n *= 2;
    times.set(variant.name, Math.max(1, Math.round((sliceMs * 1000) / (await timed(variant, n)))));
  }
  const found = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const variant of round % 2 === 0 ? variants : variants.toReversed())
      found.get(variant.name)?.push(await timed(variant, times.get(variant.name) ?? 1));
  return found;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** The median of the rounds' ratios. */
export function ratio(rounds: Rounds, one: string, other: string): number {
  const others = rounds.get(other) ?? [];
  return median((rounds.get(one) ?? []).map((value, round) => value / (others[round] ?? Number.NaN)));
}
