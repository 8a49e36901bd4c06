import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import openDatabase from "../tests/support/global-setup.ts";
import closeDatabase from "../tests/support/global-teardown.ts";
import { type CountEffort, countFigures } from "./count/figures.ts";
import { decideFigures, type Effort } from "./decide/figures.ts";

const FULL: Effort = { rounds: 31, sliceMs: 60, coldStarts: 25, draws: 1_000_000 };
const FULL_COUNT: CountEffort = { events: 2_000, rounds: 31, sliceMs: 60 };
/** In less than a minute, for every commit. */
const QUICK: Effort = { rounds: 11, sliceMs: 30, coldStarts: 7, draws: 200_000 };
const QUICK_COUNT: CountEffort = { events: 1_000, rounds: 11, sliceMs: 30 };

const { values } = parseArgs({ options: { ci: { type: "boolean", default: false } } });
const folder = await mkdtemp(join(tmpdir(), "seasongate-bench-"));
try {
  // First, while the environment is the shell's: what a decision costs is measured without any store.
  await openDatabase();
  const figures = [
    ...(await countFigures(process.env["DYNAMODB_ENDPOINT"] ?? "", values.ci ? QUICK_COUNT : FULL_COUNT).finally(closeDatabase)),
    ...(await decideFigures(folder, values.ci ? QUICK : FULL)),
  ];
  const [cpu] = cpus();
  process.stdout.write(`# ${cpu?.model}, ${cpus().length} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`);
  for (const { name, value } of figures) process.stdout.write(`${name} ${Number(value.toPrecision(3))}\n`);
  const missed = figures.filter(({ value, must }) => !must(value)).map(({ name }) => name);
  if (missed.length > 0) {
    process.stderr.write(`not what it has to be: ${missed.join(", ")}\n`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
