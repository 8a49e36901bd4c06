import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { SnapshotHistory, SnapshotPointer, SnapshotStore } from "../../lib/app/ports/snapshots.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { Unreadable } from "../../lib/app/ports/unreadable.ts";
import type { Snapshot } from "../../lib/domain/snapshot.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { type Item, Table } from "../../lib/store/table.ts";
import { seeded } from "../../scripts/local/seeded.ts";
import type { Act } from "../support/fault-acts.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, patienceWith, REFUSED_SINGLE } from "../support/faults.ts";
import { OPENS_AT } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import { someOf } from "../support/thoroughness.ts";
import { servedBrand, servedSeason, servedSnapshot } from "../unit/domain/fixtures.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, delivery } = store;
/** The machine's own, standing still: DynamoDB Local drops what is past its end by the machine's clock, whatever a test says of it. */
const MACHINE = Date.now();
const snapshots = snapshotStore(delivery, () => MACHINE);
let made = 0;
let surface = "";

beforeEach(() => {
  proxy.clear();
  surface = `surface-${++made}`;
});
afterAll(() => store.close());

/** Different content for each text. */
const snapshot = (text: string, of = surface): Snapshot => servedSnapshot([servedSeason([servedBrand(text)])], of);

const publish = async (content: Snapshot, over?: SnapshotPointer, by: SnapshotStore = snapshots) => {
  const done = await by.publish(content, over, OPENS_AT);
  return { done, pointer: (await snapshots.pointer(content.surface)) as SnapshotPointer };
};
const parts = async (of = surface) =>
  (await store.items(delivery)).filter(({ pk, sk }) => pk === `SNAPSHOT#${of}` && sk.startsWith("PART#"));

describe("what is published can be loaded:", () => {
  test("a small snapshot, in one part", async () => {
    const { done, pointer } = await publish(snapshot("mei"));
    expect(done).toBe(true);
    expect(pointer).toMatchObject({ version: 1, parts: 1, publishedAt: OPENS_AT });
    expect(await snapshots.load(surface, pointer)).toEqual(snapshot("mei"));
  });

  test("one that takes several parts even when compressed", async () => {
    const random = seeded(618);
    const noise = Array.from({ length: 500_000 }, () => String.fromCodePoint(0x4e00 + Math.floor(random() * 20_000))).join("");
    const { pointer } = await publish(snapshot(noise));
    expect(pointer.parts).toBeGreaterThan(2);
    expect(await parts()).toHaveLength(pointer.parts);
    expect(await snapshots.load(surface, pointer)).toEqual(snapshot(noise));
  });

  test("in a fraction of its size", async () => {
    const { pointer } = await publish({ ...snapshot("mei"), seasons: Array.from({ length: 200 }, () => snapshot("mei").seasons).flat() });
    const [part] = (await parts()) as [Item];
    const loaded = await snapshots.load(surface, pointer);
    expect((part["bytes"] as Uint8Array).length * 4).toBeLessThan(JSON.stringify(loaded).length);
  });

  test("one without a season", async () => {
    const nothing = servedSnapshot([], surface);
    const { pointer } = await publish(nothing);
    expect(await snapshots.load(surface, pointer)).toEqual(nothing);
  });
});

test("there is no pointer before the first publication", async () => {
  expect(await snapshots.pointer(surface)).toBeUndefined();
});

test.each([
  ["gzip alone, as snapshots were kept before", gzipSync('{"surface":"moments","seasons":[]}')],
  ["cut off", Buffer.from([0, 0, 1, 0, 31, 139])],
  ["nothing", Buffer.alloc(0)],
])("what is not what we write is unreadable, and never guessed at: %s", async (_what, bytes) => {
  const { pointer } = await publish(snapshot("mei"));
  const [part] = (await parts()) as [Item];
  await store.delivery.put({ ...part, bytes });
  await expect(snapshots.load(surface, pointer)).rejects.toBeInstanceOf(Unreadable);
});

test("the pointer and the parts are read consistently", async () => {
  const { pointer } = await publish(snapshot("mei"));
  proxy.clear();
  await snapshots.pointer(surface);
  await snapshots.load(surface, pointer);
  expect(proxy.log.map(({ op, body }) => [op, JSON.parse(body).ConsistentRead])).toEqual([
    ["GetItem", true],
    ["GetItem", true],
  ]);
});

test("publishing the same content again is a version of its own, and writes the pointer alone", async () => {
  const { pointer: one } = await publish(snapshot("one"));
  const { pointer: two } = await publish(snapshot("two"), one);
  const before = await parts();
  proxy.clear();
  expect(await snapshots.publish(snapshot("two"), two, OPENS_AT + 1)).toBe(true);
  expect(proxy.log.map(({ op, body }) => [op, body.includes("POINTER")])).toEqual([["PutItem", true]]);
  expect(await snapshots.pointer(surface)).toEqual({ ...two, version: 3, publishedAt: OPENS_AT + 1 });
  expect(await parts()).toEqual(before);
});

test("a publisher with an older lineup cannot put it over what was meanwhile published again", async () => {
  const { pointer: first } = await publish(snapshot("now"));
  // One read "older" and was held up; since then it is as it was, and another has published that.
  const { done, pointer: again } = await publish(snapshot("now"), first);
  expect(done).toBe(true);
  expect(await publish(snapshot("older"), first)).toEqual({ done: false, pointer: again });
  expect(await snapshots.load(surface, again)).toEqual(snapshot("now"));
});

test("content that comes back after other content is published and whole, and who holds its older pointer can load what it names", async () => {
  let over: SnapshotPointer | undefined;
  for (const text of ["a", "b", "b", "a", "a", "b", "a"]) {
    const held = over;
    over = (await publish(snapshot(text), over)).pointer;
    expect(await snapshots.load(surface, over)).toEqual(snapshot(text));
    if (held) expect((await snapshots.load(surface, held)).surface).toBe(surface);
  }
  expect(over).toMatchObject({ version: 7, since: 7 });
});

test("of publishers racing with the same content over the same version, all may take it for theirs, and it is one version", async () => {
  const { pointer: first } = await publish(snapshot("a"));
  for (const text of ["a", "b"]) {
    const over = (await snapshots.pointer(surface)) ?? first;
    const outcomes = await Promise.all([1, 2, 3].map(() => snapshots.publish(snapshot(text), over, OPENS_AT)));
    expect(outcomes).toEqual([true, true, true]);
    const pointer = (await snapshots.pointer(surface)) as SnapshotPointer;
    expect(pointer.version).toBe(over.version + 1);
    expect(await snapshots.load(surface, pointer)).toEqual(snapshot(text));
  }
});

test("of publishers racing for the same version exactly one wins, and what it published is whole", async () => {
  const { pointer: first } = await publish(snapshot("mei"));
  const texts = Array.from({ length: 6 }, (_, i) => `racer-${i}`.repeat(60_000));
  const outcomes = await Promise.all(texts.map((text) => snapshots.publish(snapshot(text), first, OPENS_AT)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  const pointer = (await snapshots.pointer(surface)) as SnapshotPointer;
  expect(pointer.version).toBe(2);
  expect(await snapshots.load(surface, pointer)).toEqual(snapshot(texts[outcomes.indexOf(true)] ?? ""));
});

test("of publishers racing to be the first exactly one wins", async () => {
  const outcomes = await Promise.all(["a", "b", "c"].map((text) => snapshots.publish(snapshot(text), undefined, OPENS_AT)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
});

test("a publisher that comes late is told so and changes nothing", async () => {
  const { pointer: first } = await publish(snapshot("a"));
  const { pointer: second } = await publish(snapshot("b"), first);
  expect(await publish(snapshot("late"), first)).toEqual({ done: false, pointer: second });
  expect(await snapshots.load(surface, second)).toEqual(snapshot("b"));
});

describe("what was published stays known:", () => {
  const DAY = 86_400_000;
  const T = OPENS_AT;
  /** A publisher, or a reader, on a machine whose clock stands at `now`. */
  const onMachineAt = (now: number) => snapshotStore(delivery, () => now);

  const publishAt = async (text: string, at: number, by: SnapshotStore = snapshots) =>
    by.publish(snapshot(text), await snapshots.pointer(surface), at);
  const told = async (at: number, by: SnapshotHistory = snapshots, most = 100) => {
    const contents = await by.from(surface, at, most);
    return Promise.all(
      contents.map(async (content) => [content.sinceAt - T, (await by.recall(surface, content))?.seasons[0]?.brands[0]?.brand]),
    );
  };

  test("each content from its own instant on, and what followed it, in order", async () => {
    for (const [text, at] of [
      ["a", 0],
      ["b", 1_000],
      ["b", 2_000],
      ["a", 3_000],
    ] as const)
      await publishAt(text, T + at);
    const [a, b, again] = [
      [0, "a"],
      [1_000, "b"],
      [3_000, "a"],
    ];
    expect(await told(T - 1)).toEqual([]);
    expect(await told(T)).toEqual([a, b, again]);
    expect(await told(T + 999)).toEqual([a, b, again]);
    expect(await told(T + 1_000)).toEqual([b, again]);
    expect(await told(T + 2_999)).toEqual([b, again]);
    expect(await told(T + 3_000)).toEqual([again]);
    expect(await told(T + 40 * DAY)).toEqual([again]);
    expect(await told(T, snapshots, 2)).toEqual([a, b]);
  });

  test("before the first publication there is nothing, and of a surface nobody published", async () => {
    expect(await told(T)).toEqual([]);
    await publishAt("a", T);
    expect(await snapshots.from("elsewhere", T, 1)).toEqual([]);
  });

  test("a content is found by the version it was first published under, and only by that", async () => {
    for (const [text, at] of [
      ["a", 0],
      ["a", 1],
      ["b", 2],
    ] as const)
      await publishAt(text, T + at);
    const found = await Promise.all([1, 2, 3, 4].map((since) => snapshots.content(surface, since)));
    expect(found.map((content) => content?.sinceAt)).toEqual([T, undefined, T + 2, undefined]);
  });

  test("what lost a race is in no history", async () => {
    const { pointer: one } = await publish(snapshot("one"));
    const outcomes = await Promise.all(["a", "b", "c"].map((text) => snapshots.publish(snapshot(text), one, T + 1)));
    await publishAt("last", T + 2);
    expect((await told(T)).map(([, text]) => text)).toEqual(["one", ["a", "b", "c"][outcomes.indexOf(true)], "last"]);
  });

  test("a publisher that dies before its pointer moves leaves the history as it was", async () => {
    await publishAt("a", T);
    proxy.rules([{ op: "PutItem", match: /POINTER/, act: "reset" }]);
    await expect(publishAt("b", T + 1)).rejects.toBeInstanceOf(Unavailable);
    proxy.clear();
    expect(await told(T + 5)).toEqual([[0, "a"]]);
    await publishAt("c", T + 9);
    expect(await told(T)).toEqual([
      [0, "a"],
      [9, "c"],
    ]);
  });

  test("for 35 days at least after it was superseded, and treated as gone when its end has come, dropped or not", async () => {
    const start = Date.now();
    const late = start + 35 * DAY - 1_000;
    await publishAt("a", T, onMachineAt(start));
    // The publisher goes on every minute; once half of its life is over, what is current is written anew.
    await publishAt("a", T + 1, onMachineAt(start + 34 * DAY));
    await publishAt("a", T + 2, onMachineAt(start + 35 * DAY + 1_000));
    await publishAt("b", T + 3, onMachineAt(start + 60 * DAY));
    expect(await told(T, onMachineAt(late + 60 * DAY))).toEqual([
      [0, "a"],
      [3, "b"],
    ]);
    const gone = onMachineAt(start + 106 * DAY);
    expect(await told(T, gone)).toEqual([]);
    expect(await gone.content(surface, 1)).toBeUndefined();
    expect(await told(T + 3, gone)).toEqual([[3, "b"]]);
  });

  test("each part and row says when it may be dropped, in seconds, and the pointer never", async () => {
    await publishAt("a", T);
    await publishAt("b", T + 1);
    const items = (await store.items(delivery)).filter(({ pk }) => pk === `SNAPSHOT#${surface}`);
    const ends = items.map(({ sk, expiresAt }) => [sk.split("#")[0], expiresAt]);
    const seconds = expect.any(Number);
    expect(ends).toEqual([
      ["HISTORY", seconds],
      ["PART", seconds],
      ["PART", seconds],
      ["POINTER", undefined],
    ]);
    for (const [, end] of ends) if (typeof end === "number") expect(end - Date.now() / 1_000).toBeLessThan(71 * 86_400);
  });
});

test.each<Act>([...APPLIED])("a pointer written under %s is recognised as ours", async (act) => {
  const { pointer: one } = await publish(snapshot("one"));
  proxy.rules([{ op: "PutItem", match: /POINTER/, act, times: 1 }]);
  const hasty = snapshotStore(new Table(store.client({ timeoutMs: patienceWith(act) }), delivery.name));
  const { done, pointer: two } = await publish(snapshot("two"), one, hasty);
  expect({ done, version: two.version }).toEqual({ done: true, version: 2 });
});

test("whatever fault strikes whichever call of a publication, the old or the new snapshot is there and whole, and a retry ends with the new", async () => {
  const acts = [...APPLIED, ...REFUSED_SINGLE];
  // Two parts, the pointer, the search for superseded parts and the dropping of one: more positions than calls do no harm.
  const runs = someOf(
    acts.flatMap((act) => [0, 1, 2, 3, 4, 5].map((after) => ({ act, after, of: `kill-${act}-${after}.` }))),
    618,
  );
  const big = (text: string, of: string) => snapshot(text.repeat(360_000), of);
  const second = new Map<string, SnapshotPointer>();
  for (const { of } of runs) {
    const { pointer: one } = await publish(snapshot("one", of));
    second.set(of, (await publish(snapshot("two", of), one)).pointer);
  }
  proxy.rules(runs.map(({ act, after, of }): Rule => ({ op: "*", match: new RegExp(of), act, after })));
  const hurried = (act: Act) =>
    snapshotStore(new Table(store.client({ maxAttempts: 2, timeoutMs: patienceWith(act, 6_000) }), delivery.name));
  const told = await Promise.all(
    runs.map(({ of, act }) =>
      publish(big("3", of), second.get(of), hurried(act)).then(
        ({ done }) => done,
        (error: unknown) => error,
      ),
    ),
  );
  proxy.clear();
  for (const [index, { of, act, after }] of runs.entries()) {
    const which = { act, after };
    const outcome = told[index];
    expect({ which, told: outcome === true || outcome instanceof Unavailable }).toEqual({ which, told: true });
    const between = (await snapshots.pointer(of)) as SnapshotPointer;
    expect({ which, content: await snapshots.load(of, between) }).toEqual({
      which,
      content: between.version === 3 ? big("3", of) : snapshot("two", of),
    });
    if (outcome === true) expect(between.version).toBe(3);
    const { done, pointer } = await publish(big("3", of), between);
    expect({ which, done, version: pointer.version, since: pointer.since }).toEqual({
      which,
      done: true,
      version: between.version + 1,
      since: 3,
    });
    expect(await snapshots.load(of, pointer)).toEqual(big("3", of));
  }
}, 120_000);
