import { afterAll, afterEach, describe, expect, jest, test } from "@jest/globals";
import { announce, sweep } from "../../lib/app/announce.ts";
import type { AuditEvent } from "../../lib/domain/audit.ts";
import { type FedChange, unbroken } from "../../lib/domain/change.ts";
import { feedStore } from "../../lib/store/feed.ts";
import { keys } from "../../lib/store/keys.ts";
import { Table } from "../../lib/store/table.ts";
import { seeded, shuffled } from "../../scripts/local/seeded.ts";
import { AT, inOutbox, turned } from "../support/announced.ts";
import { APPLIED, REFUSED } from "../support/faults.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

jest.setTimeout(180_000);
const store = await storeBehindProxy({ timeoutMs: 1_000 });
const { proxy, registry } = store;
afterEach(() => proxy.clear());
afterAll(() => store.close());

const feed = feedStore(registry);
let brands = 0;
/** Events of a brand and a host of their own, so that no other test's are in their feeds. */
const events = async (count: number, changes: (n: number) => Partial<AuditEvent> = () => ({})) => {
  const own = `${store.run}-${++brands}`;
  const concern = { host: `host-${own}`, marketplace: `market-${own}`, brand: `brand-${own}`, season: "618-2024", surfaces: ["moments"] };
  const made = Array.from({ length: count }, (_, n) => turned(store.run, { concern, ...changes(n) }));
  return {
    concern,
    events: await inOutbox(registry, made),
    feeds: [`host/host-${own}`, `marketplace/market-${own}`, `brand/brand-${own}`],
  };
};

/** All of a feed, as somebody reads it who goes on from `next`. */
async function read(name: string, limit = 100): Promise<readonly FedChange[]> {
  const found: FedChange[] = [];
  for (;;) {
    const since = found.at(-1)?.sequence ?? 0;
    const page = unbroken(await feed.after(name, since, limit), since);
    if (page.length === 0) return found;
    found.push(...page);
  }
}

const inOrder = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** Once each, at 1, 2, 3 …, in every feed. */
async function expectOnce(feeds: readonly string[], ids: readonly string[]): Promise<void> {
  for (const name of feeds) {
    const found = await read(name);
    expect(found.map(({ sequence }) => sequence)).toEqual(inOrder(ids.length));
    expect(found.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
  }
}

/** As a stream's records come again until they are handled. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return void (await work());
    } catch (error) {
      if (tries >= 50) throw error;
    }
}

test("every party's feed has each change once, in the order of the events, and says no person's name", async () => {
  const made = await events(45);
  await announce({ feed })(made.events);
  for (const name of made.feeds) {
    const found = await read(name);
    expect(found.map(({ id }) => id)).toEqual(made.events.map(({ id }) => id));
    expect(found.map(({ sequence }) => sequence)).toEqual(inOrder(45));
  }
  expect((await read(made.feeds[0] ?? ""))[0]).toEqual({
    sequence: 1,
    id: made.events[0]?.id,
    type: "grant.suspended",
    at: made.events[0]?.at,
    subject: made.events[0]?.subject,
    version: 1,
    ...made.concern,
    by: "reviewer",
    before: "current",
    after: "suspended",
    why: "Unsafe goods.",
  });
  expect(await feed.end(made.feeds[0] ?? "")).toBe(45);
});

test("what changed with its subject is announced beside it, under an id of its own that stays", async () => {
  const effect = { action: "grant:give", subject: "grant/grt_9", version: 1, before: null, after: "current", surfaces: ["moments"] };
  const made = await events(1, () => ({ action: "application:approve", before: "pending", after: "approved", effects: [effect] }));
  await announce({ feed })(made.events);
  expect(await read(made.feeds[2] ?? "")).toMatchObject([
    { sequence: 1, id: made.events[0]?.id, type: "application.approved" },
    { sequence: 2, id: `${made.events[0]?.id}_1`, type: "grant.given", subject: "grant/grt_9", after: "current" },
  ]);
});

test("a record that comes twice, in one batch or in two, is announced once", async () => {
  const made = await events(5);
  await announce({ feed })([...made.events, ...made.events]);
  await announce({ feed })(made.events);
  await expectOnce(
    made.feeds,
    made.events.map(({ id }) => id),
  );
});

test("a batch moves each head once for many changes", async () => {
  const made = await events(96);
  proxy.clear();
  await announce({ feed })(made.events);
  // Of 100 items 3 are heads; a change takes 3 entries and a mark.
  expect(proxy.calls["TransactWriteItems"]).toBe(4);
});

test("three announcers at once, with shuffled and doubled batches, lose and repeat nothing, and no reader ever does", async () => {
  const made = await events(300);
  const random = seeded(7);
  const batches = (size: number) => {
    const all = shuffled([...made.events, ...made.events.slice(0, 60)], random);
    return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
  };
  let done = false;
  const reader = async (name: string, limit: number) => {
    const seen: FedChange[] = [];
    while (!done || seen.length < 300) {
      const since = seen.at(-1)?.sequence ?? 0;
      seen.push(...unbroken(await feed.after(name, since, limit), since));
      if (done && seen.length >= 300) break;
    }
    return seen;
  };
  const readers = made.feeds.map((name, n) => reader(name, [7, 31, 100][n] ?? 100));
  await Promise.all(
    [10, 25, 60].map(async (size) => {
      for (const batch of batches(size)) await untilDone(() => announce({ feed: feedStore(registry) })(batch));
    }),
  );
  done = true;
  for (const seen of await Promise.all(readers)) {
    expect(seen.map(({ sequence }) => sequence)).toEqual(inOrder(300));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(300);
  }
  await expectOnce(
    made.feeds,
    made.events.map(({ id }) => id),
  );
});

describe.each([...REFUSED, ...APPLIED])("when a transaction meets %s", (act) => {
  test("what is announced is announced once", async () => {
    const made = await events(30);
    proxy.rules([{ op: "TransactWriteItems", act, after: 1, times: 1 }]);
    await untilDone(() => announce({ feed })(made.events));
    await expectOnce(
      made.feeds,
      made.events.map(({ id }) => id),
    );
  });
});

test("whatever goes wrong with one call in five of three announcers, each change is announced once", async () => {
  const made = await events(120);
  const acts = [...REFUSED, ...APPLIED].filter((act) => !act.startsWith("hang"));
  proxy.rules(acts.map((act) => ({ op: "TransactWriteItems", act, p: 0.2 / acts.length })));
  await Promise.all(
    [0, 1, 2].map(async (n) => {
      const own = feedStore(new Table(store.client(), registry.name));
      for (const batch of [made.events.slice(n * 30, n * 30 + 60), made.events]) await untilDone(() => announce({ feed: own })(batch));
    }),
  );
  proxy.clear();
  await expectOnce(
    made.feeds,
    made.events.map(({ id }) => id),
  );
});

test("a conflict is tried again under the same token", async () => {
  const made = await events(3);
  proxy.clear();
  proxy.rules([{ op: "TransactWriteItems", act: "txConflict", times: 3 }]);
  await announce({ feed })(made.events);
  const tokens = proxy.log.filter(({ op }) => op === "TransactWriteItems").map(({ body }) => JSON.parse(body).ClientRequestToken);
  expect(tokens).toHaveLength(4);
  expect(new Set(tokens).size).toBe(1);
});

test("an announcer that died after its write, and whose token is forgotten, has announced once", async () => {
  const made = await events(4);
  proxy.rules([{ op: "TransactWriteItems", act: "loseResponse" }]);
  await announce({ feed: feedStore(new Table(store.client({ maxAttempts: 1 }), registry.name)) })(made.events).catch(() => undefined);
  proxy.rules([{ op: "TransactWriteItems", act: "forgetToken" }]);
  await announce({ feed })(made.events);
  await expectOnce(
    made.feeds,
    made.events.map(({ id }) => id),
  );
});

test("pages of one item each are read through to the end", async () => {
  const made = await events(12);
  await announce({ feed })(made.events);
  proxy.rules([{ op: "Query", act: "smallPages", n: 1 }]);
  expect((await feed.after(made.feeds[0] ?? "", 0, 100)).map(({ sequence }) => sequence)).toEqual(inOrder(12));
});

test("a reader stops before a change that is not there yet, and loses none", async () => {
  const made = await events(6);
  await announce({ feed })(made.events);
  const [name = ""] = made.feeds;
  const key = keys.fed(name, 3);
  const late = await registry.get(key);
  await registry.delete(key);
  expect(unbroken(await feed.after(name, 0, 100), 0).map(({ sequence }) => sequence)).toEqual([1, 2]);
  if (late) await registry.put(late);
  expect(unbroken(await feed.after(name, 2, 100), 2).map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6]);
});

test("a draft is told to its brand alone, and a planned season to nobody", async () => {
  const drafted = await events(1, () => ({ action: "application:draft", before: null, after: "draft" }));
  const planned = await events(1, () => ({ action: "season:plan", before: null, after: "draft" }));
  await announce({ feed })([...drafted.events, ...planned.events]);
  expect(await Promise.all(drafted.feeds.map(async (name) => (await read(name)).length))).toEqual([0, 0, 1]);
  expect(await Promise.all(planned.feeds.map(async (name) => (await read(name)).length))).toEqual([0, 0, 0]);
  expect((await feed.waiting(1_000)).map(({ id }) => id)).not.toContain(planned.events[0]?.id);
});

describe("what the stream did not bring", () => {
  const lines: unknown[] = [];
  const deps = (now: number) => ({ feed, now: () => now, log: (...line: unknown[]) => void lines.push(line) });

  test("is announced once a minute has gone by, and what is there is left to the stream until then", async () => {
    const made = await events(10);
    const [latest] = made.events.slice(-1);
    await sweep(deps(AT))();
    expect(await read(made.feeds[0] ?? "")).toEqual([]);
    await sweep(deps((latest?.at ?? 0) + 60_000))();
    await expectOnce(
      made.feeds,
      made.events.map(({ id }) => id),
    );
    await announce({ feed })(made.events);
    expect(await feed.end(made.feeds[0] ?? "")).toBe(10);
    expect(await feed.waiting(1_000)).toEqual([]);
  });

  test("is announced though an outbox item beside it cannot be read", async () => {
    const made = await events(2);
    const broken = await registry.get(keys.outbox(made.events[0]?.subject ?? "", 1));
    if (broken) await registry.put({ ...broken, doc: { nonsense: true } });
    await sweep(deps(AT + 3_600_000))();
    expect((await read(made.feeds[0] ?? "")).map(({ id }) => id)).toEqual([made.events[1]?.id]);
  });
});

test("an announced outbox item is a mark and no more", async () => {
  const made = await events(1);
  await announce({ feed })(made.events);
  const item = await registry.get(keys.outbox(made.events[0]?.subject ?? "", 1));
  expect(Object.keys(item ?? {}).toSorted()).toEqual(["announced", "commit", "pk", "sk"]);
});
