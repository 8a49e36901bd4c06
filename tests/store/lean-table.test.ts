import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { ask } from "../../lib/deps/https.ts";
import { type Connection, LeanTable } from "../../lib/store/lean-table.ts";
import type { Act } from "../support/fault-acts.ts";
import { patienceWith } from "../support/faults.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, registry } = store;
const CONNECTION: Connection = {
  post: ask,
  endpoint: new URL(proxy.endpoint),
  region: process.env["AWS_REGION"] ?? "local",
  credentials: () => ({ accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "local", secretAccessKey: "local" }),
  maxAttempts: 4,
  timeoutMs: 5_000,
};
const tableWith = (over: Partial<Connection> = {}, name = registry.name) => new LeanTable({ ...CONNECTION, ...over }, name);
const lean = tableWith();
const meeting = (act: Act) => tableWith({ maxAttempts: 2, timeoutMs: patienceWith(act, 300) });
let made = 0;
let pk = "";

beforeEach(() => {
  proxy.clear();
  pk = `${store.run}-${++made}`;
});
afterAll(() => store.close());

const bodies = () => proxy.log.map(({ op, body }) => ({ op, ...JSON.parse(body) }));

describe("reading", () => {
  test("is consistent, a get and a query", async () => {
    await lean.get({ pk, sk: "a" });
    await lean.queryAll({ pk });
    expect(bodies().map(({ op, ConsistentRead, TableName }) => ({ op, ConsistentRead, TableName }))).toEqual([
      { op: "GetItem", ConsistentRead: true, TableName: registry.name },
      { op: "Query", ConsistentRead: true, TableName: registry.name },
    ]);
  });

  test("what is not there is undefined, and an empty range is empty", async () => {
    expect(await lean.get({ pk, sk: "a" })).toBeUndefined();
    expect(await lean.queryAll({ pk })).toEqual([]);
  });

  test("gives what the table gives, whatever is kept", async () => {
    const item = {
      pk,
      sk: "a",
      text: 'quotes " and \\ and \u2028 and 🏮',
      empty: "",
      whole: 618,
      negative: -0.5,
      large: Number.MAX_SAFE_INTEGER,
      yes: true,
      no: false,
      nothing: null,
      list: [1, "two", [3, { four: null }]],
      map: { B: "not bytes", S: "not a type", nested: { list: [] } },
      bytes: Buffer.from([0, 1, 2, 254, 255]),
      noBytes: Buffer.alloc(0),
    };
    await registry.put(item);
    const [byOne, byAll] = [await lean.get({ pk, sk: "a" }), await lean.queryAll({ pk })];
    expect(byOne).toEqual(item);
    expect(byAll).toEqual([byOne]);
    const theirs = (await registry.get({ pk, sk: "a" })) as Record<string, unknown>;
    expect(Buffer.from(theirs["bytes"] as Uint8Array)).toEqual(byOne?.["bytes"]);
    const { bytes: _bytes, noBytes: _noBytes, ...others } = theirs;
    expect(byOne).toMatchObject(others);
  });

  test("however short the pages, the whole range comes, in order", async () => {
    const all = Array.from({ length: 7 }, (_, i) => ({ pk, sk: `k${i}` }));
    for (const item of all) await registry.put(item);
    expect(await lean.queryAll({ pk })).toEqual(all);
    for (const n of [1, 2, 3, 7]) {
      proxy.clear();
      proxy.rules([{ op: "Query", act: "smallPages", n }]);
      expect(await lean.queryAll({ pk })).toEqual(all);
      expect(proxy.calls["Query"]).toBeGreaterThanOrEqual(Math.ceil(7 / n));
    }
  });

  test("a page that fails half way is asked for again, and no item comes twice or is left out", async () => {
    const all = Array.from({ length: 5 }, (_, i) => ({ pk, sk: `k${i}` }));
    for (const item of all) await registry.put(item);
    for (const act of ["internal", "throttle", "reset", "truncate", "garbage"] as const) {
      proxy.clear();
      proxy.rules([
        { op: "Query", act, match: /ExclusiveStartKey/, times: 1 },
        { op: "Query", act: "smallPages", n: 2 },
      ]);
      expect({ act, items: await lean.queryAll({ pk }) }).toEqual({ act, items: all });
    }
  });

  test("more than a megabyte comes whole, and a character that is cut in two on its way too", async () => {
    const text = "好🏮".repeat(50_000);
    const all = Array.from({ length: 5 }, (_, i) => ({ pk, sk: `${i}`, text }));
    for (const item of all) await registry.put(item);
    proxy.clear();
    expect(await lean.queryAll({ pk })).toEqual(all);
    expect(proxy.calls["Query"]).toBeGreaterThan(1);
  });

  test("a range is the keys with its prefix, and of its own partition", async () => {
    for (const sk of ["a", "b#1", "b#2", "b", "c"]) await registry.put({ pk, sk });
    await registry.put({ pk: `${pk}x`, sk: "b#3" });
    const names = async (prefix?: string) => (await lean.queryAll(prefix === undefined ? { pk } : { pk, prefix })).map(({ sk }) => sk);
    expect(await names("b#")).toEqual(["b#1", "b#2"]);
    expect(await names("d")).toEqual([]);
    expect(await names()).toEqual(["a", "b", "b#1", "b#2", "c"]);
  });
});

/** What a read may meet on its way, and then be answered by trying again. */
const TRANSIENT = [
  "hangBefore",
  "hangAfter",
  "throttle",
  "throttling",
  "requestLimit",
  "internal",
  "unavailable",
  "txInProgress",
  "txConflictSingle",
  "reset",
  "loseResponse",
  "lose500",
  "truncate",
  "garbage",
] as const satisfies readonly Act[];
const VERBS: Record<string, (table: LeanTable) => Promise<unknown>> = {
  get: (table) => table.get({ pk, sk: "a" }),
  queryAll: (table) => table.queryAll({ pk }),
};

describe.each(Object.entries(VERBS))("a %s", (verb, call) => {
  const found = () => (verb === "get" ? { pk, sk: "a", n: 7 } : [{ pk, sk: "a", n: 7 }]);
  beforeEach(async () => {
    await registry.put({ pk, sk: "a", n: 7 });
    proxy.clear();
  });

  test.each(TRANSIENT)("that meets %s once is answered, at the second try", async (act) => {
    proxy.rules([{ op: "*", act, times: 1 }]);
    expect(await call(meeting(act))).toEqual(found());
    expect(proxy.log).toHaveLength(2);
  });

  test.each(TRANSIENT)("that meets %s each time is Unavailable after as many tries as it has, and no more", async (act) => {
    proxy.rules([{ op: "*", act }]);
    await expect(call(meeting(act))).rejects.toBeInstanceOf(Unavailable);
    expect(proxy.log).toHaveLength(2);
    proxy.clear();
    proxy.rules([{ op: "*", act }]);
    await expect(call(tableWith({ maxAttempts: 1, timeoutMs: patienceWith(act, 300) }))).rejects.toBeInstanceOf(Unavailable);
    expect(proxy.log).toHaveLength(1);
  });

  test.each<Act>(["duplicate", "stale", "delay"])("that meets %s is answered at once", async (act) => {
    proxy.rules([{ op: "*", act, ms: 20 }]);
    expect(await call(lean)).toEqual(found());
    expect(proxy.log).toHaveLength(1);
  });

  test("is Unavailable where nobody listens, and where there is no such host", async () => {
    for (const endpoint of ["http://127.0.0.1:1", "http://store.invalid"])
      await expect(call(tableWith({ maxAttempts: 2, endpoint: new URL(endpoint) }))).rejects.toBeInstanceOf(Unavailable);
  });

  test("asks again after it was Unavailable", async () => {
    proxy.rules([{ op: "*", act: "reset", times: 2 }]);
    const table = meeting("reset");
    await expect(call(table)).rejects.toBeInstanceOf(Unavailable);
    expect(await call(table)).toEqual(found());
  });
});

describe("our own mistakes are an Error, told once, and not the store's absence:", () => {
  const ours = async (attempt: Promise<unknown>, words: RegExp) => {
    await expect(attempt).rejects.toThrow(words);
    await expect(attempt).rejects.not.toBeInstanceOf(Unavailable);
    expect(proxy.log).toHaveLength(1);
  };

  test("an empty key", () => ours(lean.get({ pk: "", sk: "a" }), /^GetItem was refused: 400 .*ValidationException/));

  test("a table that is not there", () => ours(tableWith({}, "nowhere").queryAll({ pk }), /ResourceNotFoundException/));
});

test("each call is signed with the credentials there are then, and a try after a failed one too", async () => {
  const seen: (string | undefined)[] = [];
  const keys = ["first", "second", "third"];
  const table = tableWith({
    credentials: () => ({ accessKeyId: keys.shift() ?? "", secretAccessKey: "s", sessionToken: "token" }),
    post: async (request) => {
      seen.push(/Credential=(\w+)\//.exec(request.headers["authorization"] ?? "")?.[1], request.headers["x-amz-security-token"]);
      return seen.length < 4 ? { status: 500, body: "" } : { status: 200, body: "{}" };
    },
  });
  await table.get({ pk, sk: "a" });
  await table.get({ pk, sk: "a" });
  expect(seen).toEqual(["first", "token", "second", "token", "third", "token"]);
});
