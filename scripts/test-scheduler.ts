import { parseArgs } from "node:util";
import openDatabase from "../tests/support/global-setup.ts";
import closeDatabase from "../tests/support/global-teardown.ts";
import { runOrders } from "../tests/support/scheduler/run.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

/**
 * `npm run test:scheduler -- [--orders 10000] [--seed n] [--only order]`: random orders of the season clock's ticks over
 * DynamoDB Local, all of which have to come to the same end.
 */
const MOST_SHOWN = 20;

await runCommand(async () => {
  const options = { orders: { type: "string" }, seed: { type: "string" }, only: { type: "string" } } as const;
  const { values } = readArguments(() => parseArgs({ options }));
  const whole = (name: keyof typeof options, otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!Number.isInteger(value) || value < 0) throw new SetupError(`--${name} takes a whole number.`);
    return value;
  };
  const seed = whole("seed", 618);
  const orders = whole("orders", 10_000);
  const numbers = values.only === undefined ? Array.from({ length: orders }, (_, number) => number) : [whole("only", 0)];

  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  await openDatabase();
  try {
    const progress = (done: number, violations: number) =>
      console.log(`${String(done).padStart(6)} of ${numbers.length} orders  ${seconds().padStart(6)} s  ${violations} violations`);
    const found = await runOrders({ seed, numbers, progress });
    for (const [kind, count] of Object.entries(found.byKind)) console.log(`${String(count).padStart(6)} ${kind}`);
    for (const { order, kind, what } of found.violations.slice(0, MOST_SHOWN)) console.log(`VIOLATION order ${order} (${kind}): ${what}`);
    console.log(
      `${found.orders} orders, ${found.ticks} ticks, ${found.transitions} transitions, ${found.auditEvents} audit events, ${found.outboxEntries} outbox entries, ${found.violations.length} violations, ${seconds()} s, seed ${seed}`,
    );
    const first = found.violations[0];
    if (first) throw new SetupError(`Again: npm run test:scheduler -- --seed ${seed} --only ${first.order}`);
  } finally {
    await closeDatabase();
  }
});
