import { parseArgs } from "node:util";
import { runCounts } from "../tests/support/counts/run.ts";
import openDatabase from "../tests/support/global-setup.ts";
import closeDatabase from "../tests/support/global-teardown.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

/**
 * `npm run test:counts -- [--events 10000] [--seeds 5] [--seed 618]`: tells events through the functions over a store that loses answers,
 * doubles, throttles, resets and hangs, folds them in batches that overlap and repeat, and has every counter equal to its distinct ids.
 */
await runCommand(async () => {
  const options = { events: { type: "string" }, seeds: { type: "string" }, seed: { type: "string" } } as const;
  const { values } = readArguments(() => parseArgs({ options }));
  const whole = (name: keyof typeof options, otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!Number.isInteger(value) || value < 1) throw new SetupError(`--${name} takes a whole number.`);
    return value;
  };
  const first = whole("seed", 618);
  const seeds = Array.from({ length: whole("seeds", 5) }, (_, n) => first + n);
  let wrongSeeds = 0;
  let began = performance.now();
  await openDatabase();
  try {
    await runCounts(seeds, whole("events", 10_000), ({ seed, told, faults, replayed, folds, wrong }) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      began = performance.now();
      for (const what of wrong) console.log(`WRONG seed ${seed}: ${what}`);
      console.log(
        `seed ${seed}: ${told} told, ${faults} faults, ${replayed} taps replayed, ${folds} folds, ${wrong.length} wrong, ${seconds} s`,
      );
      if (wrong.length > 0) wrongSeeds += 1;
    });
  } finally {
    await closeDatabase();
  }
  if (wrongSeeds > 0) throw new SetupError(`${wrongSeeds} of ${seeds.length} seeds came out wrong.`);
});
