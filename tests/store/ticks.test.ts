import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { keys } from "../../lib/store/keys.ts";
import { tickStore } from "../../lib/store/ticks.ts";
import { seeded, shuffled } from "../../scripts/local/seeded.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

const store = await storeBehindProxy();
const ticks = tickStore(store.delivery);
const tick = (at: number) => ({ at, festivalAt: at - 1_000 });

beforeEach(async () => {
  store.proxy.clear();
  await store.delivery.delete(keys.tick);
});
afterAll(() => store.close());

test("there is no last tick before the first", async () => {
  expect(await ticks.last()).toBeUndefined();
});

test("the latest tick stays, in whatever order ticks come, one by one or all at once", async () => {
  const ats = Array.from({ length: 20 }, (_, n) => 1_000 + n);
  for (const at of shuffled(ats, seeded(1))) await ticks.record(tick(at));
  expect(await ticks.last()).toEqual(tick(1_019));
  await Promise.all(shuffled(ats, seeded(2)).map((at) => ticks.record(tick(at + 100))));
  expect(await ticks.last()).toEqual(tick(1_119));
});

test("a tick older than the last changes nothing", async () => {
  await ticks.record(tick(2_000));
  await ticks.record(tick(1_999));
  await ticks.record({ at: 2_000, festivalAt: 7 });
  expect(await ticks.last()).toEqual(tick(2_000));
});

test.each(["loseResponse", "lose500", "duplicate", "reset"] as const)("a tick whose write meets %s is there", async (act) => {
  store.proxy.rules([{ op: "PutItem", act, times: 1 }]);
  await ticks.record(tick(3_000));
  expect(await ticks.last()).toEqual(tick(3_000));
});
