import { parseArgs } from "node:util";
import { fuzzClicks } from "../tests/support/fuzz/clicks.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

/**
 * `npm run fuzz:click -- [--n 1000000] [--seed n] [--only number]`: requests with random and mutated tokens, queries, headers and paths
 * against the handler of clicks; where a Location is none that is approved, it ends with 1.
 */
const MOST_SHOWN = 20;

await runCommand(async () => {
  const options = { n: { type: "string" }, seed: { type: "string" }, only: { type: "string" } } as const;
  const { values } = readArguments(() => parseArgs({ options }));
  const whole = (name: keyof typeof options, otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!Number.isInteger(value) || value < 0) throw new SetupError(`--${name} takes a whole number.`);
    return value;
  };
  const [seed, n] = [whole("seed", 618), whole("n", 1_000_000)];
  const numbers = function* () {
    for (let number = 0; number < n; number++) yield number;
  };
  const started = performance.now();
  const { counts, violations } = await fuzzClicks({ seed, numbers: values.only === undefined ? numbers() : [whole("only", 0)] });
  for (const [end, count] of Object.entries(counts).sort()) console.log(`${String(count).padStart(8)} ${end}`);
  for (const { number, what } of violations.slice(0, MOST_SHOWN)) console.log(`VIOLATION request ${number}: ${what}`);
  const requests = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${requests} requests, ${violations.length} violations, ${seconds} s, seed ${seed}`);
  const [first] = violations;
  if (first) throw new SetupError(`Again: npm run fuzz:click -- --seed ${seed} --only ${first.number}`);
});
