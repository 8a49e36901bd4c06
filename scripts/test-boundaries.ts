import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import type { Checked } from "../tests/support/boundaries/check.ts";
import { checkedIn, ZONES } from "../tests/support/boundaries/zones.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

/**
 * `npm run test:boundaries [-- --step 1]`: every boundary of 618 and Double 11 from 2024 to 2030, every millisecond over two
 * seconds either way, in four process time zones, with clocks off by 250 ms either way; then a sample through the handler.
 */
const ROOT = resolve(import.meta.dirname, "..");
/** Processes at a time. */
const AT_ONCE = 2;

type Sample = Pick<Checked, "answers" | "inside" | "violations" | "told">;

/** Jest's own say, and what the test of the handler found. */
async function sampled(): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), "seasongate-boundaries-"));
  const file = join(folder, "sample.json");
  const jest = spawn(
    process.execPath,
    [
      ...["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js"],
      ...["--selectProjects=http", "--testPathPatterns", "tests/http/boundaries"],
    ],
    { cwd: ROOT, env: { ...process.env, BOUNDARIES_SAMPLE: file }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const [said] = await Promise.all([text(jest.stderr), once(jest, "close")]);
  const sample = await readFile(file, "utf8").then(JSON.parse, () => undefined);
  await rm(folder, { recursive: true, force: true });
  if (!sample) throw new SetupError(`The sample through the handler was not taken:\n${said}`);
  return sample;
}

await runCommand(async () => {
  const { values } = readArguments(() => parseArgs({ options: { step: { type: "string", default: "1" } } }));
  const step = Number(values.step);
  if (!Number.isInteger(step) || step < 1) throw new SetupError("--step takes a whole number of milliseconds.");

  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const say = (of: string, { answers, inside, violations, told }: Sample) => {
    console.log(`${of.padEnd(18)} ${answers} answers, ${inside} with a card, ${violations} violations, after ${seconds()} s`);
    for (const what of told) console.log(`VIOLATION ${what}`);
  };
  const found: Sample[] = [];
  const left = [...ZONES];
  const worker = async () => {
    for (let zone = left.shift(); zone; zone = left.shift()) {
      const checked = await checkedIn(zone, step);
      if (found.length === 0)
        console.log(`${checked.boundaries} boundaries, ${checked.instants} instants in each zone, three clocks at each instant`);
      found.push(checked);
      say(zone, checked);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  found.push(await sampled());
  say("through the handler", found.at(-1) as Sample);

  const total = (of: (one: Sample) => number) => found.reduce((sum, one) => sum + of(one), 0);
  const violations = total((one) => one.violations);
  console.log(
    `${total((one) => one.answers)} answers, ${total((one) => one.inside)} with a card, ${violations} violations, ${seconds()} s`,
  );
  if (violations > 0) process.exitCode = 1;
});
