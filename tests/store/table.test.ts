import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { ConditionFailed } from "../../lib/store/condition-failed.ts";
import { Table } from "../../lib/store/table.ts";
import type { Act } from "../support/fault-acts.ts";
import { patienceWith } from "../support/faults.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, registry } = store;
const meeting = (act: Act) => new Table(store.client({ maxAttempts: 2, timeoutMs: patienceWith(act, 300) }), registry.name);
let made = 0;
let pk = "";

beforeEach(() => {
  proxy.clear();
  pk = `${store.run}-${++made}`;
});
afterAll(() => store.close());

const bodies = () => proxy.log.map(({ op, body }) => ({ op, ...JSON.parse(body) }));
const unavailable = (attempt: Promise<unknown>) => expect(attempt).rejects.toBeInstanceOf(Unavailable);

describe("reading", () => {
  test("a get and a query of the table are consistent; an index cannot be", async () => {
    await registry.get({ pk, sk: "a" });
    await registry.queryAll({ pk });
    await registry.queryIndex({ name: "list", pk: "listPk", sk: "listSk" }, pk);
    expect(bodies().map(({ op, ConsistentRead, IndexName }) => ({ op, ConsistentRead, IndexName }))).toEqual([
      { op: "GetItem", ConsistentRead: true, IndexName: undefined },
      { op: "Query", ConsistentRead: true, IndexName: undefined },
      { op: "Query", ConsistentRead: undefined, IndexName: "list" },
    ]);
  });

  test("what is not there is undefined, and an empty range is empty", async () => {
    expect(await registry.get({ pk, sk: "a" })).toBeUndefined();
    expect(await registry.queryAll({ pk })).toEqual([]);
  });

  test("however short the pages, the whole range comes, in order", async () => {
    const all = Array.from({ length: 7 }, (_, i) => ({ pk, sk: `k${i}`, listPk: pk, listSk: `k${6 - i}` }));
    for (const item of all) await registry.put(item);
    const read = async () => ({
      partition: await registry.queryAll({ pk }),
      index: await registry.queryIndex({ name: "list", pk: "listPk", sk: "listSk" }, pk),
    });
    const whole = await read();
    expect(whole).toEqual({ partition: all, index: all.toReversed() });
    for (const n of [1, 2, 3, 7]) {
      proxy.clear();
      proxy.rules([{ op: "Query", act: "smallPages", n }]);
      expect(await read()).toEqual(whole);
      expect(proxy.calls["Query"]).toBeGreaterThanOrEqual(2 * Math.ceil(7 / n));
    }
  });

  test("more than a megabyte comes whole", async () => {
    const text = "好".repeat(100_000);
    const all = Array.from({ length: 5 }, (_, i) => ({ pk, sk: `${i}`, text }));
    for (const item of all) await registry.put(item);
    proxy.clear();
    expect(await registry.queryAll({ pk })).toEqual(all);
    expect(proxy.calls["Query"]).toBeGreaterThan(1);
  });

  test("a range is the keys with its prefix, or below its bound and not the bound itself", async () => {
    for (const sk of ["a", "b#1", "b#2", "b", "c"]) await registry.put({ pk, sk });
    const names = async (range: object) => (await registry.queryAll({ pk, ...range })).map(({ sk }) => sk);
    expect(await names({ prefix: "b#" })).toEqual(["b#1", "b#2"]);
    expect(await names({ below: "b#1" })).toEqual(["a", "b"]);
    expect(await names({})).toEqual(["a", "b", "b#1", "b#2", "c"]);
  });
});

describe("writing", () => {
  test("put if absent is true once, then false, and leaves the first", async () => {
    expect(await registry.putIfAbsent({ pk, sk: "a", n: 1 })).toBe(true);
    expect(await registry.putIfAbsent({ pk, sk: "a", n: 2 })).toBe(false);
    expect(await registry.get({ pk, sk: "a" })).toEqual({ pk, sk: "a", n: 1 });
  });

  test("of many who put at once, one is first", async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => registry.putIfAbsent({ pk, sk: "a", n })));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  test("put if still replaces what has the value, and nothing else", async () => {
    const put = (version: number, over: number | undefined) => registry.putIfStill({ pk, sk: "a", version }, "version", over);
    expect(await put(1, 9)).toBe(false);
    expect(await put(1, undefined)).toBe(true);
    expect(await put(2, undefined)).toBe(false);
    expect(await put(2, 1)).toBe(true);
    expect(await put(3, 1)).toBe(false);
    expect(await registry.get({ pk, sk: "a" })).toEqual({ pk, sk: "a", version: 2 });
  });

  test("a deleted item is gone, and deleting what is gone is no fault", async () => {
    await registry.put({ pk, sk: "a" });
    await registry.delete({ pk, sk: "a" });
    await registry.delete({ pk, sk: "a" });
    expect(await registry.get({ pk, sk: "a" })).toBeUndefined();
  });

  test.each<Act>(["txConflictSingle", "garbage", "internal", "reset"])("a put that meets %s once is done", async (act) => {
    proxy.rules([{ op: "PutItem", act, times: 1 }]);
    await registry.put({ pk, sk: "a" });
    expect(await registry.get({ pk, sk: "a" })).toEqual({ pk, sk: "a" });
  });

  test("a put if absent that meets a transaction on its item is tried again", async () => {
    proxy.rules([{ op: "PutItem", act: "txConflictSingle", times: 1 }]);
    expect(await registry.putIfAbsent({ pk, sk: "a" })).toBe(true);
  });

  test("a put if absent whose answer was lost says false, and the item is there", async () => {
    proxy.rules([{ op: "PutItem", act: "loseResponse", times: 1 }]);
    expect(await registry.putIfAbsent({ pk, sk: "a" })).toBe(false);
    expect(await registry.get({ pk, sk: "a" })).toEqual({ pk, sk: "a" });
  });
});

describe("a transaction", () => {
  const put = (sk: string, condition = {}) => ({ Put: { TableName: registry.name, Item: { pk, sk }, ...condition } });
  const ifAbsent = { ConditionExpression: "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

  test("with the same token is done once", async () => {
    const add = {
      Update: { TableName: registry.name, Key: { pk, sk: "n" }, UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": 1 } },
    };
    for (let times = 0; times < 3; times++) await registry.transact([add], pk);
    expect(await registry.get({ pk, sk: "n" })).toMatchObject({ n: 1 });
  });

  test("that fails a condition does nothing, and names the first that failed and all that was found", async () => {
    await registry.put({ pk, sk: "b", by: "me" });
    await registry.put({ pk, sk: "c", by: "you" });
    const attempt = registry.transact([put("a"), put("b", ifAbsent), put("c", ifAbsent)], pk);
    await expect(attempt).rejects.toBeInstanceOf(ConditionFailed);
    await expect(attempt).rejects.toMatchObject({
      index: 1,
      found: [
        { pk, sk: "b", by: "me" },
        { pk, sk: "c", by: "you" },
      ],
    });
    expect(await registry.get({ pk, sk: "a" })).toBeUndefined();
  });

  test("takes a token of 36 characters and refuses a longer one before asking the store", async () => {
    const token = (length: number) => `${pk}-`.padEnd(length, "x");
    await registry.transact([put("a")], token(36));
    proxy.clear();
    await expect(registry.transact([put("b")], token(37))).rejects.toBeInstanceOf(RangeError);
    expect(proxy.log).toEqual([]);
  });

  test("that cannot be done as it is written is our fault, not the store's: once, and with its own name", async () => {
    const twice = registry.transact([put("a"), put("a")], pk);
    await expect(twice).rejects.toMatchObject({ name: "ValidationException" });
    await registry.put({ pk, sk: "text", n: "seven" });
    proxy.clear();
    const add = {
      Update: {
        TableName: registry.name,
        Key: { pk, sk: "text" },
        UpdateExpression: "ADD n :one",
        ExpressionAttributeValues: { ":one": 1 },
      },
    };
    const wrongType = registry.transact([add], `${pk}.add`);
    await expect(wrongType).rejects.not.toBeInstanceOf(Unavailable);
    await expect(wrongType).rejects.toMatchObject({ name: expect.stringMatching(/TransactionCanceledException|ValidationException/) });
    expect(proxy.calls["TransactWriteItems"]).toBe(1);
  });

  test("with a known token and other writes is our fault, not the store's", async () => {
    await registry.transact([put("a")], pk);
    await expect(registry.transact([put("b")], pk)).rejects.toMatchObject({ name: "IdempotentParameterMismatchException" });
  });
});

describe("when the store does not do its part, a call is Unavailable after a bounded number of tries:", () => {
  const verbs: Record<string, (table: Table) => Promise<unknown>> = {
    get: (table) => table.get({ pk, sk: "a" }),
    queryAll: (table) => table.queryAll({ pk }),
    queryIndex: (table) => table.queryIndex({ name: "list", pk: "listPk", sk: "listSk" }, pk),
    put: (table) => table.put({ pk, sk: "a" }),
    putIfAbsent: (table) => table.putIfAbsent({ pk, sk: "a" }),
    putIfStill: (table) => table.putIfStill({ pk, sk: "a", n: 1 }, "n", undefined),
    delete: (table) => table.delete({ pk, sk: "a" }),
    transact: (table) => table.transact([{ Put: { TableName: registry.name, Item: { pk, sk: "a" } } }], pk),
  };
  const everyVerb = Object.entries(verbs);

  test.each(everyVerb)("%s, hanging", async (_verb, call) => {
    proxy.rules([{ op: "*", act: "hangBefore" }]);
    await unavailable(call(meeting("hangBefore")));
    expect(proxy.log).toHaveLength(2);
  });

  test.each(everyVerb)(
    "%s, throttled, unwell or cut off",
    async (_verb, call) => {
      for (const act of ["throttle", "throttling", "requestLimit", "internal", "unavailable", "reset", "lose500", "truncate"] as const) {
        proxy.clear();
        proxy.rules([{ op: "*", act }]);
        await unavailable(call(meeting(act)));
        expect({ act, calls: proxy.log.length }).toEqual({ act, calls: 2 });
      }
    },
    30_000,
  );

  test.each(everyVerb)("%s, answered with something that is not JSON", async (verb, call) => {
    proxy.rules([{ op: "*", act: "garbage" }]);
    await unavailable(call(meeting("garbage")));
    expect(proxy.log).toHaveLength(verb === "transact" ? 6 : verb.startsWith("put") ? 3 : 1);
  });

  test("a single put that a transaction is always ahead of", async () => {
    proxy.rules([{ op: "*", act: "txConflictSingle" }]);
    await unavailable(verbs["putIfAbsent"]?.(meeting("txConflictSingle")) ?? Promise.resolve());
    expect(proxy.log).toHaveLength(3);
  });
});

describe("our own mistakes are not the store's absence:", () => {
  test("a key of the wrong type", async () => {
    await expect(registry.get({ pk: 1 as unknown as string, sk: "a" })).rejects.toMatchObject({ name: "ValidationException" });
    expect(proxy.log).toHaveLength(1);
  });

  test("an item over 400 KB", async () => {
    await expect(registry.put({ pk, sk: "a", text: "x".repeat(410_000) })).rejects.toMatchObject({ name: "ValidationException" });
  });

  test("a table that is not there", async () => {
    await expect(new Table(store.client(), "nowhere").get({ pk, sk: "a" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
