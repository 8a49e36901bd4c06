import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { captureLog } from "../local/log-lines.ts";
import { agenda } from "./agenda.ts";
import { participants } from "./brands.ts";
import { castMember } from "./cast.ts";
import { type Burst, crowd } from "./crowd.ts";
import { fateOf, type Step, takesPlace } from "./fates.ts";
import { inspect } from "./inspection.ts";
import { judge } from "./judge.ts";
import { putSwitches } from "./kill-switches.ts";
import { ledger, transition } from "./ledger.ts";
import { type Measures, measures } from "./measures.ts";
import { type Plant, plants } from "./plants.ts";
import { type Findings, findings } from "./promises.ts";
import { randomOf } from "./random.ts";
import type { Stage } from "./stage.ts";
import { tickTimes } from "./ticks.ts";
import type { Timetable } from "./timetable.ts";
import { viewers } from "./viewers.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

export interface Script {
  readonly times: Timetable;
  readonly seed: number;
  readonly decisions: number;
  readonly overHttp: number;
  readonly speed: number;
  /** A violation to commit, to see that it is seen. */
  readonly plant: Plant | undefined;
}

/** A rehearsal under way, for whoever watches. */
export interface Performance {
  readonly clock: VirtualClock;
  readonly measured: Measures;
  readonly findings: Findings;
  /** How many applications are in each state. */
  readonly states: () => Readonly<Record<string, number>>;
  /** Plays it to the end; earlier when asked to stop. */
  readonly play: (signal: AbortSignal) => Promise<void>;
}

const HOUR_MS = 3_600_000;
/** A stream brings a change in this time, by the rehearsal's clock. Milliseconds. */
const STREAM_MS = { least: 200, most: 2_900 } as const;
/** After a key was turned off, how long until viewers are asked to look. Milliseconds. */
const LOOKS = [1_000, 4_900, 5_001, 6_000, 60_000] as const;
const STATES_EVERY_MS = 6 * HOUR_MS;

/** Enough for every fate, and more for a bigger crowd. */
const brandsFor = (decisions: number) => Math.min(120, 26 + Math.floor(decisions / 1_000));

/** Prepares a season's rehearsal on a stage: who does what and when is drawn from the seed, before anything is done. */
export async function rehearsal(stage: Stage, script: Script): Promise<Performance> {
  const { times, seed } = script;
  const { functions } = stage;
  const clock = virtualClock(stage.clockFile, times.startsAt, script.speed);
  const book = ledger();
  const found = findings();
  const measured = measures(times);
  const plan = agenda();
  const random = randomOf(seed, 0);
  const mark = `viewer-of-rehearsal-${seed}`;
  const planted = plants(stage, script.plant);
  const heard = ({ status, requestId }: { status: number; requestId: string }, at: number) =>
    found.check("faults", at, requestId, status >= 500 && `it was answered ${status}`);
  const catalogue = shippedCatalogue();
  const templates = (surface: string) => catalogue.surface(surface)?.templates ?? [];
  const feed = await stage.issuer.token({ role: "feed", sub: "svc_feed", tenant: hostOf(times) });

  const { scroll } = viewers({
    call: functions.call,
    api: stage.api,
    token: feed,
    clock,
    agenda: plan,
    ledger: book,
    findings: found,
    measured,
    judge: judge(times, book, found),
    heard,
    times,
    seed,
    mark,
  });

  const putBurst = (burst: Burst) => plan.put(burst.at, () => scroll(burst));

  const look = (from: number) => {
    for (const after of LOOKS) putBurst({ at: from + after, viewers: 4, overHttp: 0, slots: 10 });
  };

  const putOnStage = async () => {
    const admitted = Math.min(...times.admissions.map(({ capacity }) => capacity ?? Number.POSITIVE_INFINITY));
    let places = admitted;
    for (const [index, participant] of (await participants(times, brandsFor(script.decisions), random)).entries()) {
      const steps = fateOf(times, participant, index, random);
      if (takesPlace(steps) && --places < 0) continue;
      const take = castMember({ call: functions.call, ledger: book, findings: found, times, templates, heard }, participant);
      let goesOn = true;
      for (const step of steps)
        plan.put(step.at, async () => {
          if (!goesOn) return;
          const restore = await planted.beforeStep(step);
          goesOn = (await take(step)) || step.expect !== undefined;
          measured.totals.steps += 1;
          await restore?.();
          plan.put(step.at + STREAM_MS.least + Math.floor(random() * (STREAM_MS.most - STREAM_MS.least)), stage.hearRegistry);
          if (turnsOff(step)) look(step.at);
        });
    }
  };

  const announce = async () => {
    const body = planted.published(times.body);
    const planned = await functions.call("POST /v1/seasons", { as: "operator", body });
    heard(planned, clock.now());
    found.check("rules", clock.now(), planned.requestId, planned.status !== 201 && `the season was refused: ${planned.text}`);
    if (planned.status !== 201) return;
    const request = { as: "operator", params: { season: times.id }, body: { version: planned.body.version } } as const;
    const published = await functions.call("POST /v1/seasons/{season}/publication", request);
    heard(published, clock.now());
    found.check("rules", clock.now(), published.requestId, published.status !== 201 && `it was not published: ${published.text}`);
    for (const action of ["season:plan", "season:publish"]) transition(book, `season/${times.id}`, action);
    await stage.hearRegistry();
  };

  let tallying = Promise.resolve();
  const tick = async (times: number) => {
    measured.totals.ticks += times;
    await Promise.all(Array.from({ length: times }, functions.tick));
    await stage.hearRegistry();
    // Nobody waits for tallies: they are folded while the season goes on.
    const before = tallying;
    tallying = before.then(stage.hearDelivery);
    tallying.catch(() => {});
    await before;
  };

  const states = () => {
    const counts: Record<string, number> = {};
    for (const { application } of book.brands.values()) if (application) counts[application.state] = (counts[application.state] ?? 0) + 1;
    return counts;
  };

  const play = async (signal: AbortSignal) => {
    const lines: string[] = [];
    const release = captureLog((line) => {
      if (line.includes(mark) || line.startsWith('{"level":"error"')) lines.push(line);
    });
    try {
      plan.put(times.startsAt, announce);
      await putOnStage();
      putSwitches({ call: functions.call, agenda: plan, ledger: book, findings: found, times, heard, look }, randomOf(seed, 3));
      for (const burst of crowd(times, script)) putBurst(burst);
      for (const { at, times: often } of tickTimes(times, randomOf(seed, 2))) plan.put(at, () => tick(often));
      for (let at = times.startsAt; at < times.endsAt; at += STATES_EVERY_MS)
        plan.put(at, async () => {
          measured.states.push({ at, counts: states() });
        });
      for (let next = plan.next(); next && !signal.aborted; next = plan.next()) {
        await clock.advance(next.at, signal);
        if (!signal.aborted) await next.run();
      }
      await tallying;
      if (signal.aborted) return;
      await stage.hearRegistry();
      await stage.hearDelivery();
      await planted.beforeInspection(mark);
      await inspect({ stage, times, ledger: book, findings: found, at: clock.now(), mark, lines });
    } finally {
      release();
    }
  };

  return { clock, measured, findings: found, states, play };
}

const hostOf = ({ admissions }: Timetable) => shippedCatalogue().surface(admissions[0]?.surface ?? "")?.host ?? "";

/** Whether a key, or all a brand has, is turned off by it. */
const turnsOff = (step: Step) => step.verb === "withdraw" || ("turn" in step && step.turn !== "reinstate");
