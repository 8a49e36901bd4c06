import { parseArgs } from "node:util";
import { outage } from "../tests/support/counts/outage.ts";
import openDatabase from "../tests/support/global-setup.ts";
import closeDatabase from "../tests/support/global-teardown.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

/**
 * `npm run test:outage -- [--minutes 0.5] [--rate 20]`: taps while the store hangs, then while it refuses; each has to be led on to its
 * address, 99 of 100 within 300 ms, and all have to be counted when their log lines are replayed.
 */
const MOST_P99_MS = 300;

await runCommand(async () => {
  const { values } = readArguments(() => parseArgs({ options: { minutes: { type: "string" }, rate: { type: "string" } } }));
  const [minutes, rate] = [Number(values.minutes ?? 0.5), Number(values.rate ?? 20)];
  if (!(minutes > 0 && rate > 0)) throw new SetupError("--minutes and --rate take numbers above 0.");
  await openDatabase();
  try {
    const { taps, ledOn, p99Ms, mostMs, counted } = await outage(minutes * 60, rate);
    console.log(`taps ${taps}\nled_on ${ledOn}\np99_ms ${p99Ms.toFixed(0)}\nmost_ms ${mostMs.toFixed(0)}\ncounted_afterwards ${counted}`);
    if (ledOn < taps || counted < taps || p99Ms >= MOST_P99_MS) throw new SetupError("An outage is not without loss.");
  } finally {
    await closeDatabase();
  }
});
