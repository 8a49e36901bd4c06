import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { SnapshotPointer, SnapshotStore } from "../../lib/app/ports/snapshots.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import type { ServedBrand, Snapshot } from "../../lib/domain/snapshot.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { Table } from "../../lib/store/table.ts";
import type { Act } from "../support/fault-acts.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, patienceWith, REFUSED_SINGLE } from "../support/faults.ts";
import { CLOSES_AT, OPENS_AT, season } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import { someOf } from "../support/thoroughness.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, delivery } = store;
const snapshots = snapshotStore(delivery);
let made = 0;
let surface = "";

beforeEach(() => {
  proxy.clear();
  surface = `surface-${++made}`;
});
afterAll(() => store.close());

const brand = (name: string): ServedBrand => ({
  brand: name,
  grants: [{ phases: ["main"], templates: ["link-card"], state: "current", expiresAt: CLOSES_AT }],
  attestation: null,
  campaigns: [],
});

/** Different content for each text. */
const snapshot = (text: string, of = surface): Snapshot => {
  const { id, marketplace, status, phases, instants } = season();
  return { surface: of, seasons: [{ id, marketplace, status, phases, instants, brands: [brand(text)] }] };
};

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

  test("one over a megabyte, whose characters lie across the borders of its parts", async () => {
    const big = snapshot("好".repeat(500_000));
    const { pointer } = await publish(big);
    expect(pointer.parts).toBeGreaterThan(3);
    const cut = (await parts()).map((item) => Buffer.from(item["bytes"] as Uint8Array).toString());
    expect(cut.some((text) => text.endsWith("\uFFFD"))).toBe(true);
    expect(await snapshots.load(surface, pointer)).toEqual(big);
  });

  test("one without a season", async () => {
    const { pointer } = await publish({ surface, seasons: [] });
    expect(await snapshots.load(surface, pointer)).toEqual({ surface, seasons: [] });
  });
});

test("there is no pointer before the first publication", async () => {
  expect(await snapshots.pointer(surface)).toBeUndefined();
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
  expect(over).toMatchObject({ version: 7, since: 7, before: 6 });
  expect(await parts()).toHaveLength(2);
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

test("who holds the pointer of the version before can still load it; older versions are gone", async () => {
  const { pointer: one } = await publish(snapshot("one"));
  const { pointer: two } = await publish(snapshot("two"), one);
  const { pointer: three } = await publish(snapshot("three"), two);
  expect(await snapshots.load(surface, two)).toEqual(snapshot("two"));
  expect(await snapshots.load(surface, three)).toEqual(snapshot("three"));
  await expect(snapshots.load(surface, one)).rejects.toBeInstanceOf(Unavailable);
  expect(await parts()).toHaveLength(2);
});

test("what losers of a race left behind goes with its version", async () => {
  const { pointer: one } = await publish(snapshot("one"));
  await Promise.all(["a", "b", "c"].map((text) => snapshots.publish(snapshot(text), one, OPENS_AT)));
  for (const text of ["three", "four"]) await publish(snapshot(text), await snapshots.pointer(surface));
  expect(await parts()).toHaveLength(2);
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
