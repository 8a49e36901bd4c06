import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { recount } from "../../../lib/app/recount.ts";
import { replayClick } from "../../../lib/app/replay-click.ts";
import { deliveryTable } from "../../../lib/deps/tables.ts";
import { type Counters, summed } from "../../../lib/domain/tally.ts";
import { eventStore } from "../../../lib/store/events.ts";
import { recountStore } from "../../../lib/store/recounts.ts";
import type { Table } from "../../../lib/store/table.ts";
import { tallyStore } from "../../../lib/store/tallies.ts";
import { clickInLine } from "../../../scripts/local/click-in-line.ts";
import { newKeys } from "../../../scripts/local/event-key.ts";
import { type InProcess, openInProcess } from "../../../scripts/local/in-process.ts";
import { openIssuer } from "../../../scripts/local/issuer.ts";
import { captureLog } from "../../../scripts/local/log-lines.ts";
import { seeded } from "../../../scripts/local/seeded.ts";
import { stackEnv } from "../../../scripts/local/stack-env.ts";
import { tableStream } from "../../../scripts/local/table-stream.ts";
import type { Rule } from "../fault-proxy.ts";
import { APPLIED, REFUSED, REFUSED_SINGLE } from "../faults.ts";
import { storeBehindProxy } from "../store-behind-proxy.ts";
import { dueOf, type Plan, planOf, SURFACE } from "./plan.ts";

/** What one seed came to. */
export interface Counted {
  readonly seed: number;
  readonly told: number;
  readonly faults: number;
  readonly replayed: number;
  readonly folds: number;
  /** Counters that are not what was due, and drift between tallies and events. */
  readonly wrong: readonly string[];
}

/** Fast enough that what hangs costs little, slow enough that what does not is answered. Milliseconds. */
const STORE_TIMEOUT_MS = "250";
const AT_ONCE = 16;
/** A phone tells again until it is answered; so does a feed's server. */
const MOST_TRIES = 60;
const PHONES_TAP_AFTER_MS = 350;

/** Every fault there is, on every call there is. */
const FAULTS: readonly Rule[] = [
  ...[...APPLIED, ...REFUSED].map((act): Rule => ({ op: "TransactWriteItems", act, p: 0.01 })),
  ...[...APPLIED, ...REFUSED_SINGLE].map((act): Rule => ({ op: "PutItem", act, p: 0.006 })),
  ...(["hangBefore", "throttle", "internal", "unavailable", "reset", "loseResponse", "garbage"] as const).flatMap((act) =>
    ["GetItem", "Query", "BatchGetItem"].map((op): Rule => ({ op, act, p: 0.004 })),
  ),
  { op: "TransactWriteItems", act: "forgetToken", p: 0.1 },
];

/** Counts `events` events for each seed, over a store that fails in every way, through the functions themselves. */
export async function runCounts(seeds: readonly number[], events: number, told: (result: Counted) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "seasongate-counts-"));
  const store = await storeBehindProxy({}, seeds[0], { streams: true });
  const issuer = await openIssuer(folder);
  const jwks = await issuer.listen();
  const lines: string[] = [];
  const release = captureLog((line) => line.includes('"click-unrecorded"') && lines.push(line));
  try {
    const settings = {
      dynamodbEndpoint: store.proxy.endpoint,
      jwksUrl: jwks.url,
      publicUrl: "https://gate.test",
      ...newKeys(),
      clockOffsetFile: join(folder, "clock-offset"),
    };
    const tables = { REGISTRY_TABLE: store.registry.name, DELIVERY_TABLE: store.delivery.name };
    const endpoint = process.env["DYNAMODB_ENDPOINT"] ?? "";
    Object.assign(process.env, stackEnv(process.env, settings), tables, { STORE_TIMEOUT_MS });
    const functions = await openInProcess(issuer);
    const read = await tableStream(store.direct, endpoint, store.delivery.name);
    for (const seed of seeds) {
      const random = seeded(seed);
      const plan = planOf(random, `${store.run}-${seed}`, events);
      store.proxy.clear();
      store.proxy.rules(FAULTS);
      const folding = foldingOf(functions, read, random, store.delivery.name);
      await tellAll(functions, plan, folding.fold);
      const replayed = await replayAll(lines.splice(0));
      const faults = store.proxy.log.filter(({ act }) => act !== "none").length;
      await folding.fold();
      store.proxy.clear();
      await folding.fold();
      told({ seed, told: plan.told, faults, replayed, folds: folding.batches(), wrong: await wrongIn(store.delivery, plan) });
    }
  } finally {
    release();
    await jwks.stop();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Folds what the stream has got, in batches of any size that overlap, repeat and fail. */
function foldingOf(functions: InProcess, read: () => Promise<readonly object[]>, random: () => number, shardId: string) {
  let records: readonly object[] = [];
  let next = 0;
  let batches = 0;
  const deliver = (from: number, to: number) =>
    persistently(() => functions.deliver("DeliveryTable", { shardId, Records: records.slice(from, to) }));
  return {
    batches: () => batches,
    async fold() {
      records = [...records, ...(await read())];
      while (next < records.length) {
        const to = Math.min(records.length, next + 1 + Math.floor(random() * 200));
        const from = Math.max(0, next - Math.floor(random() * 20));
        const both = random() < 0.1 ? [deliver(from, to), deliver(from, to)] : [deliver(from, to)];
        batches += both.length;
        await Promise.all(both);
        next = to;
      }
    },
  };
}

/** In the order in which they are told; those of one wave at once. */
async function tellAll(functions: InProcess, plan: Plan, fold: () => Promise<void>): Promise<void> {
  for (const wave of plan.waves) {
    const waiting = [...wave];
    const tellNext = async () => {
      for (let call = waiting.shift(); call; call = waiting.shift()) {
        const { route, request, answered } = call;
        await persistently(async () => {
          const { status } = await functions.call(route, request);
          if (status >= 500) throw new Unavailable();
          if (status !== answered) throw new Error(`${route} was answered ${status}`);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, tellNext));
    await fold();
    await pause(PHONES_TAP_AFTER_MS);
  }
}

async function replayAll(lines: readonly string[]): Promise<number> {
  const replay = replayClick({ events: eventStore(deliveryTable("write")) });
  for (const line of lines) {
    const click = clickInLine(line);
    if (click === undefined || click === "refused") throw new Error("a line that the functions wrote is refused");
    // Twice, as whoever is not sure that it was done does.
    for (const _ of [1, 2]) await persistently(() => replay(click));
  }
  return lines.length;
}

async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof Unavailable) || tries === MOST_TRIES) throw error;
    }
  }
}

/** Every counter of the season against its distinct ids, and the tallies against the events. */
async function wrongIn(delivery: Table, plan: Plan): Promise<readonly string[]> {
  const tallies = await tallyStore(delivery).ofSeason(SURFACE, plan.season);
  const found: Counters = summed(tallies.map(({ counters }) => counters));
  const due = dueOf(plan);
  const names = [...new Set([...Object.keys(due), ...Object.keys(found)])];
  const differing = names.filter((name) => (due[name] ?? 0) !== (found[name] ?? 0));
  const { drift, unreadable } = await recount({ recounts: recountStore(delivery) })();
  return [
    ...differing.map((name) => `${name}: ${due[name] ?? 0} were told, ${found[name] ?? 0} counted`),
    ...drift.map(({ counter, events, counted }) => `drift in ${counter}: events ${events}, counted ${counted}`),
    ...unreadable.map((row) => `unreadable: ${row}`),
  ];
}
