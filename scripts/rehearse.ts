import { mkdir, rm } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { LOCAL_FOLDER } from "./local/folder.ts";
import { SetupError } from "./local/setup-error.ts";
import { ChildFailure } from "./local/wait-until-answers.ts";
import { writeAtomically } from "./local/write-atomically.ts";
import { commandOf, type Options, rehearseOptions } from "./rehearse/options.ts";
import { type Performance, rehearsal } from "./rehearse/play.ts";
import { PROMISE_NAMES, PROMISES, unchecked } from "./rehearse/promises.ts";
import { report } from "./rehearse/report.ts";
import { show } from "./rehearse/screen.ts";
import { setStage } from "./rehearse/stage.ts";
import { type Timetable, timetableOf } from "./rehearse/timetable.ts";

/**
 * `npm run rehearse -- --season 618-2024 --speed 20000`, or `--file my-season.json`: plays a whole season on a stack of its own, by a
 * virtual clock. Exit code 1 when a promise was broken, or was not looked at.
 */
const FOLDER = join(LOCAL_FOLDER, "rehearsal");
const say = (line: string) => process.stdout.write(`${line}\n`);
const whole = new Intl.NumberFormat("en");

function untilAsked(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => asked.abort());
  return asked.signal;
}

async function rehearse(options: Options): Promise<number> {
  const times = await timetableOf(options);
  const stopped = untilAsked();
  const began = performance.now();
  const folder = join(FOLDER, `${times.id}-${process.pid}`);
  say(`Rehearsing ${times.id} in ${relative(process.cwd(), folder)}: ${commandOf(options)}`);
  const stage = await setStage(folder, { http: options.overHttp > 0 });
  try {
    const played = await rehearsal(stage, { ...options, times });
    const rest = show(times, played, process.stdout);
    await played.play(stopped).finally(rest);
    played.clock.release();
    if (stopped.aborted) {
      say("Stopped before the end; nothing is proven.");
      return 1;
    }
    return await conclude(options, times, played, (performance.now() - began) / 1_000);
  } finally {
    await stage.strike();
    await rm(folder, { recursive: true, force: true });
  }
}

async function conclude(options: Options, times: Timetable, played: Performance, seconds: number): Promise<number> {
  const { findings, measured, clock } = played;
  const expected = PROMISE_NAMES.filter((name) => name !== "wire" || options.overHttp > 0);
  const missing = unchecked(findings, expected);
  const broken = PROMISE_NAMES.filter((name) => findings.broken[name] > 0);
  const processor = cpus();
  const figures = {
    seconds,
    decisions: measured.totals.decisions,
    overHttp: measured.totals.overHttp,
    perSecond: measured.totals.decisions / seconds,
    speed: clock.speed(),
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    machine: `${processor.length} × ${processor[0]?.model.trim() ?? "?"}, Node ${process.version}`,
  };
  const file = resolve(options.report ?? join(FOLDER, `${times.id}.html`));
  await mkdir(dirname(file), { recursive: true });
  await writeAtomically(file, report({ times, played, figures, expected, command: commandOf(options) }));

  for (const name of broken)
    say(`✘ ${name}: broken ${whole.format(findings.broken[name])} times, looked at ${whole.format(findings.checked[name])}`);
  for (const name of missing) say(`✘ ${name}: not looked at once (${PROMISES[name].en})`);
  say(
    `${whole.format(figures.decisions)} decisions (${whole.format(figures.overHttp)} over HTTP) in ${seconds.toFixed(1)} s: ` +
      `${whole.format(Math.round(figures.perSecond))} per second, ${whole.format(Math.round(figures.speed))} times as fast as life; ` +
      `${Math.round(figures.peakRssMb)} MB at most; ${figures.machine}`,
  );
  say(`Report: ${relative(process.cwd(), file)}`);
  if (broken.length + missing.length === 0) say(`✔ ${expected.length} promises kept.`);
  else say(`Again: ${commandOf(options)}`);
  return broken.length + missing.length === 0 ? 0 : 1;
}

function explained(error: unknown): string {
  if (error instanceof ChildFailure) return [error.message, ...error.tail.map((line) => `  ${line}`)].join("\n");
  if (error instanceof SetupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.exit(await rehearse(rehearseOptions(process.argv.slice(2))));
} catch (error) {
  console.error(explained(error));
  process.exit(1);
}
