import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { season as seasonSchema } from "../../../lib/contracts/seasons.ts";
import { stored } from "../../../lib/store/commit.ts";
import { keys } from "../../../lib/store/keys.ts";
import { seasonStore } from "../../../lib/store/seasons.ts";
import { Table, type TransactItems } from "../../../lib/store/table.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../store-behind-proxy.ts";
import { bySeason, misjudged } from "./judge.ts";
import { KINDS, type Kind, type Order, orderOf } from "./order.ts";
import { type Played, play } from "./play.ts";

/** A bug put in on purpose, to see that it is found: what becomes of a transaction on its way to the store. */
export type Plant = (writes: TransactItems) => TransactItems;

export interface Wanted {
  readonly seed: number;
  /** The numbers of the orders. */
  readonly numbers: readonly number[];
  readonly plant?: Plant;
  /** Called after each part with the numbers of orders done so far and of violations. */
  readonly progress?: (done: number, violations: number) => void;
  /** No further part once something is wrong. */
  readonly untilFound?: boolean;
}

export interface Summary {
  readonly orders: number;
  readonly ticks: number;
  readonly transitions: number;
  readonly auditEvents: number;
  readonly outboxEntries: number;
  readonly byKind: Readonly<Partial<Record<Kind, number>>>;
  readonly violations: readonly { readonly order: number; readonly kind: Kind; readonly what: string }[];
}

/** Orders that share a pair of tables. DynamoDB Local scans few items soon. */
const PART = 500;
const AT_ONCE = 32;
/** AWS takes at most 25 items in one BatchWriteItem. */
const BATCH = 25;
const FAULTS = ["loseResponse", "lose500", "truncate", "garbage", "duplicate", "forgetToken", "txConflict", "reset"] as const;

/** Plays orders of ticks over a real store, each on a season of its own, and judges what is left. */
export async function runOrders({ seed, numbers, plant, progress, untilFound = false }: Wanted): Promise<Summary> {
  let summary: Summary = { orders: 0, ticks: 0, transitions: 0, auditEvents: 0, outboxEntries: 0, byKind: {}, violations: [] };
  for (let from = 0; from < numbers.length; from += PART) {
    const orders = numbers.slice(from, from + PART).map((number) => orderOf(seed, number));
    summary = added(summary, await runPart(orders, seed, plant));
    progress?.(summary.orders, summary.violations.length);
    if (untilFound && summary.violations.length > 0) break;
  }
  return summary;
}

const added = (one: Summary, other: Summary): Summary => ({
  orders: one.orders + other.orders,
  ticks: one.ticks + other.ticks,
  transitions: one.transitions + other.transitions,
  auditEvents: one.auditEvents + other.auditEvents,
  outboxEntries: one.outboxEntries + other.outboxEntries,
  byKind: Object.fromEntries(KINDS.map((kind) => [kind, (one.byKind[kind] ?? 0) + (other.byKind[kind] ?? 0)])),
  violations: [...one.violations, ...other.violations],
});

async function runPart(orders: readonly Order[], seed: number, plant: Plant | undefined): Promise<Summary> {
  const store = await storeBehindProxy({}, seed);
  try {
    // A quarter of the transactions of these orders, each fault as likely as any other.
    store.proxy.rules(FAULTS.map((act) => ({ op: "TransactWriteItems", act, p: 0.25 / FAULTS.length })));
    await begin(store, orders);
    const calm = seasonStore(tableOf(new Table(store.direct, store.registry.name), plant));
    const faulty = seasonStore(tableOf(store.registry, plant));
    let made = 0;
    const newId = (prefix: string) => `${prefix}_${store.run}_${++made}`;
    const played = new Map<Order, Played>();
    const left = [...orders];
    const worker = async () => {
      for (let order = left.shift(); order; order = left.shift())
        played.set(order, await play(order, { seasons: order.isFaulty ? faulty : calm, calm, newId }));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return await judged(store, played);
  } finally {
    await store.close();
  }
}

/** A table as it is, or with the bug on the way to it. */
function tableOf(table: Table, plant: Plant | undefined): Table {
  if (!plant) return table;
  return new Proxy(table, {
    get: (target, name) => {
      if (name === "transact") return (writes: TransactItems, token: string) => target.transact(plant(writes), token);
      const found = Reflect.get(target, name, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

async function begin({ direct, registry }: StoreBehindProxy, orders: readonly Order[]): Promise<void> {
  for (let from = 0; from < orders.length; from += BATCH) {
    const puts = orders.slice(from, from + BATCH).map(({ season }) => ({
      PutRequest: { Item: { ...keys.season(season.id), version: season.version, ...stored(seasonSchema, season) } },
    }));
    await direct.send(new BatchWriteCommand({ RequestItems: { [registry.name]: puts } }));
  }
}

async function judged(store: StoreBehindProxy, played: ReadonlyMap<Order, Played>): Promise<Summary> {
  const items = await store.items(store.registry);
  const left = bySeason(items);
  const violations = [...played].flatMap(([order, course]) =>
    [...course.violations, ...misjudged(order, course, left.get(order.season.id))].map((what) => ({
      order: order.number,
      kind: order.kind,
      what,
    })),
  );
  const turns = (id: string) => (left.get(id)?.season?.["doc"] as { turns: readonly unknown[] } | undefined)?.turns.length ?? 0;
  const all = [...played.keys()];
  return {
    orders: all.length,
    ticks: [...played.values()].reduce((sum, { ticks }) => sum + ticks, 0),
    transitions: all.reduce((sum, { season }) => sum + turns(season.id), 0),
    auditEvents: items.filter(({ pk }) => pk.startsWith("AUDIT#")).length,
    outboxEntries: items.filter(({ pk }) => pk.startsWith("OUTBOX#")).length,
    byKind: Object.fromEntries(KINDS.map((kind) => [kind, all.filter((order) => order.kind === kind).length])),
    violations,
  };
}
