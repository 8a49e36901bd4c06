import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import { freshSnapshots } from "../../lib/app/fresh-snapshot.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { EMPTY_BOARD } from "../../lib/domain/kill-switch.ts";
import type { Snapshot } from "../../lib/domain/snapshot.ts";
import { correctionReader } from "../../lib/store/correction-reader.ts";
import { keyMarkStore } from "../../lib/store/key-marks.ts";
import { keys } from "../../lib/store/keys.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { switchStore } from "../../lib/store/switches.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import { servedBrand, servedGrant, servedSeason, servedSnapshot } from "../unit/domain/fixtures.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy({ maxAttempts: 2 });
const { proxy, delivery, registry } = store;
const snapshots = snapshotStore(delivery);
let made = 0;
let surface = "";
let clock = 1_000_000;

beforeEach(() => {
  proxy.clear();
  surface = `surface-${++made}`;
  clock = 1_000_000;
});
afterAll(() => store.close());

const content = (id: string): Snapshot => servedSnapshot([servedSeason([], { id })], surface);
const publish = async (id: string) => snapshots.publish(content(id), await snapshots.pointer(surface), clock);
const instance = () =>
  freshSnapshots({
    snapshots,
    switches: switchStore(registry),
    keyMarks: keyMarkStore(registry),
    corrections: correctionReader(delivery),
    now: () => clock,
  });
const reads = (what: "POINTER" | "PART#") => proxy.log.filter(({ op, body }) => op === "GetItem" && body.includes(what)).length;

test("a hundred who ask at once share one reading", async () => {
  await publish("one");
  proxy.clear();
  const fresh = instance();
  const answers = await Promise.all(Array.from({ length: 100 }, () => fresh(surface)));
  expect({ pointers: reads("POINTER"), parts: reads("PART#") }).toEqual({ pointers: 1, parts: 1 });
  for (const answer of answers)
    expect(answer).toEqual({ snapshot: content("one"), since: 1, withheld: [], board: EMPTY_BOARD, confirmedAt: clock });
});

test("what was confirmed is served without asking for two seconds, then the pointer is read again and no part", async () => {
  await publish("one");
  const fresh = instance();
  await fresh(surface);
  proxy.clear();
  clock += 2_000;
  expect(await fresh(surface)).toMatchObject({ confirmedAt: clock - 2_000 });
  expect(proxy.log).toEqual([]);
  clock += 1;
  expect(await fresh(surface)).toMatchObject({ confirmedAt: clock });
  expect({ pointers: reads("POINTER"), parts: reads("PART#") }).toEqual({ pointers: 1, parts: 0 });
});

test("a new version is served from the next recheck on", async () => {
  await publish("one");
  const fresh = instance();
  await fresh(surface);
  await publish("two");
  expect(await fresh(surface)).toMatchObject({ since: 1 });
  clock += 2_001;
  expect(await fresh(surface)).toEqual({ snapshot: content("two"), since: 2, withheld: [], board: EMPTY_BOARD, confirmedAt: clock });
});

test("what is published again is confirmed as the content it was, and no part is read", async () => {
  await publish("one");
  const fresh = instance();
  await fresh(surface);
  await publish("one");
  proxy.clear();
  clock += 2_001;
  expect(await fresh(surface)).toEqual({ snapshot: content("one"), since: 1, withheld: [], board: EMPTY_BOARD, confirmedAt: clock });
  expect({ pointers: reads("POINTER"), parts: reads("PART#") }).toEqual({ pointers: 1, parts: 0 });
});

test("content that was there before, and other content between, is loaded as it is now", async () => {
  await publish("one");
  const fresh = instance();
  await fresh(surface);
  for (const id of ["two", "one"]) await publish(id);
  clock += 2_001;
  expect(await fresh(surface)).toEqual({ snapshot: content("one"), since: 3, withheld: [], board: EMPTY_BOARD, confirmedAt: clock });
});

test("age counts from before the reading, however long it takes", async () => {
  await publish("one");
  proxy.rules([{ op: "GetItem", act: "delay", ms: 20 }]);
  const fresh = instance();
  for (const _reading of ["of the whole", "of the pointer alone"]) {
    clock += 2_001;
    const asked = clock;
    const answer = fresh(surface);
    clock += 900;
    expect(await answer).toMatchObject({ confirmedAt: asked });
  }
});

test("when the store fails, what is held is served on with its old confirmation, and confirmed again when the store is back", async () => {
  await publish("one");
  const fresh = instance();
  const confirmedAt = clock;
  await fresh(surface);
  proxy.rules([{ op: "*", act: "unavailable" }]);
  for (const later of [2_001, 5_000, 3_600_000]) {
    clock = confirmedAt + later;
    expect(await fresh(surface)).toEqual({ snapshot: content("one"), since: 1, withheld: [], board: EMPTY_BOARD, confirmedAt });
  }
  proxy.clear();
  expect(await fresh(surface)).toMatchObject({ confirmedAt: clock });
});

test("when the pointer moved and the new parts cannot be read, the old version is served with its old confirmation", async () => {
  await publish("one");
  const fresh = instance();
  const confirmedAt = clock;
  await fresh(surface);
  await publish("two");
  clock += 2_001;
  proxy.rules([{ op: "GetItem", match: /PART#/, act: "reset" }]);
  expect(await fresh(surface)).toEqual({ snapshot: content("one"), since: 1, withheld: [], board: EMPTY_BOARD, confirmedAt });
});

const held = () => ({ surface, season: "one", brand: "lanmo", subject: "grant/grt_1", version: 2, from: 0 });
const mark = (over: object = {}) => {
  const { surface: _, ...attributes } = { ...held(), ...over };
  return registry.put({ ...keys.keyMark({ ...held(), ...over }), ...attributes });
};
const withGrant = (version: number): Snapshot => {
  const grants = [servedGrant({ id: "grt_1", version, expiresAt: Number.MAX_SAFE_INTEGER })];
  return servedSnapshot([servedSeason([servedBrand("lanmo", { grants, attestation: null })], { id: "one" })], surface);
};
const publishGrant = async (version: number) => snapshots.publish(withGrant(version), await snapshots.pointer(surface), clock);

test("a key that is marked is held back from the next recheck on, until it is published and the mark is gone", async () => {
  await publishGrant(1);
  const fresh = instance();
  const warm = await fresh(surface);
  expect(warm).toMatchObject({ withheld: [], snapshot: withGrant(1) });
  await mark();
  clock += 2_001;
  const marked = await fresh(surface);
  expect(marked).toMatchObject({ withheld: [0], since: 1, snapshot: { seasons: [{ brands: [{ grants: [{ withheld: true }] }] }] } });
  clock += 2_001;
  expect((await fresh(surface))?.snapshot).toBe(marked?.snapshot);
  await publishGrant(2);
  clock += 2_001;
  expect(await fresh(surface)).toMatchObject({ withheld: [], since: 2, snapshot: withGrant(2) });
  await registry.delete(keys.keyMark(held()));
  clock += 2_001;
  expect(await fresh(surface)).toMatchObject({ withheld: [], since: 2 });
});

test("a key that is shortened is held back as soon as it might end before the next reading", async () => {
  await publishGrant(1);
  await mark({ from: clock + 10_000 });
  const fresh = instance();
  const before = clock;
  expect(await fresh(surface)).toMatchObject({ withheld: [] });
  clock = before + 5_000;
  expect(await fresh(surface)).toMatchObject({ withheld: [0] });
});

test("what does not change stays the same object from reading to reading, the snapshot and the board, so that nothing is made anew", async () => {
  await publishGrant(1);
  await mark();
  const fresh = instance();
  const first = await fresh(surface);
  clock += 2_001;
  const second = await fresh(surface);
  expect(second?.confirmedAt).toBe(clock);
  expect(second?.snapshot).toBe(first?.snapshot);
  expect(second?.board.live).toBe(first?.board.live);
  await registry.delete(keys.keyMark(held()));
  clock += 2_001;
  expect((await fresh(surface))?.snapshot).not.toBe(first?.snapshot);
});

test("what needs no reading is there at once, and what does is a promise", async () => {
  await publish("one");
  const fresh = instance();
  expect(fresh(surface)).toBeInstanceOf(Promise);
  await fresh(surface);
  expect(fresh(surface)).toMatchObject({ since: 1 });
  clock += 2_001;
  expect(fresh(surface)).toBeInstanceOf(Promise);
});

test("when the marks cannot be read nothing is confirmed, though the pointer and the switches can", async () => {
  await publish("one");
  const fresh = instance();
  const confirmedAt = clock;
  await fresh(surface);
  proxy.rules([{ op: "Query", match: /KEYMARKS/, act: "unavailable" }]);
  for (const later of [2_001, 5_001]) {
    clock = confirmedAt + later;
    expect(await fresh(surface)).toMatchObject({ confirmedAt });
  }
});

test("with nothing held a store that fails is Unavailable to all who ask, and is asked again by the next", async () => {
  await publish("one");
  const fresh = instance();
  proxy.rules([{ op: "*", act: "unavailable" }]);
  const outcomes = await Promise.allSettled([fresh(surface), fresh(surface)]);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(Unavailable) });
  proxy.clear();
  expect(await fresh(surface)).toMatchObject({ since: 1 });
});

test("a clock that goes back causes a new reading", async () => {
  await publish("one");
  const fresh = instance();
  await fresh(surface);
  proxy.clear();
  clock -= 1;
  expect(await fresh(surface)).toMatchObject({ confirmedAt: clock });
  expect(reads("POINTER")).toBe(1);
});

test("a surface without a snapshot has none until one is published", async () => {
  const fresh = instance();
  expect(await fresh(surface)).toBeUndefined();
  await publish("one");
  expect(await fresh(surface)).toMatchObject({ since: 1 });
});

test("surfaces are kept apart", async () => {
  await publish("one");
  const first = surface;
  surface = `${surface}-b`;
  await publish("other");
  const fresh = instance();
  const found = await Promise.all([fresh(first), fresh(surface)]);
  expect(found.map((each) => each?.snapshot.seasons[0]?.id)).toEqual(["one", "other"]);
});
