import { describe, expect, jest, test } from "@jest/globals";
import type { TransactItems } from "../../lib/store/table.ts";
import { KINDS } from "../support/scheduler/order.ts";
import { type Plant, runOrders } from "../support/scheduler/run.ts";
import { THOROUGH } from "../support/thoroughness.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(600_000);
const ORDERS = KINDS.length * (THOROUGH ? 100 : 8);
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

test("ticks in any order come to the same record, with one audit event and one outbox entry for each turn, and serve nothing outside a window", async () => {
  const { orders, transitions, auditEvents, outboxEntries, violations } = await runOrders({ seed: 618, numbers: numbers(ORDERS) });
  expect({ orders, transitions, auditEvents, outboxEntries, violations }).toEqual({
    orders: ORDERS,
    transitions: 3 * ORDERS,
    auditEvents: 3 * ORDERS,
    outboxEntries: 3 * ORDERS,
    violations: [],
  });
});

describe("the same orders find", () => {
  type Item = Readonly<Record<string, unknown>>;
  const puts = (writes: TransactItems, change: (item: Item) => readonly Item[]): TransactItems =>
    writes.flatMap((write) =>
      write.Put ? change(write.Put.Item ?? {}).map((Item) => ({ Put: { ...write.Put, Item } as never })) : [write],
    );
  const isOf = (kind: string, { pk }: Item) => String(pk).startsWith(kind);

  const withoutConditions: Plant = (writes) =>
    writes.map(({ Put }) => ({ Put: { TableName: Put?.TableName ?? "", Item: Put?.Item ?? {} } }));
  const goingBack: Plant = (writes) =>
    puts(writes, (item) => {
      const doc = item["doc"] as { status: string };
      return [isOf("SEASONS", item) && doc.status === "closed" ? { ...item, doc: { ...doc, status: "scheduled" } } : item];
    });
  const auditedTwice: Plant = (writes) =>
    puts(writes, (item) => (isOf("AUDIT#", item) ? [item, { ...item, sk: `${item["sk"]}-again` }] : [item]));

  test.each([
    ["writes whose conditions were dropped", withoutConditions, /ticks say that they recorded|went back/],
    ["a status that goes back", goingBack, /^the status went back/],
    ["an audit event written twice", auditedTwice, /^the audit trail is/],
  ])("%s", async (_bug, plant, finding) => {
    const { violations } = await runOrders({ seed: 618, numbers: numbers(KINDS.length * 4), plant });
    expect(violations.map(({ what }) => what)).toContainEqual(expect.stringMatching(finding));
  });
});
