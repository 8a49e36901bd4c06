import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import { foldEvents } from "../../lib/app/fold-events.ts";
import { recount } from "../../lib/app/recount.ts";
import { replayClick } from "../../lib/app/replay-click.ts";
import type { DeliveryEvent } from "../../lib/domain/delivery-event.ts";
import { additionsOf, rowName } from "../../lib/domain/fold.ts";
import { batchStore } from "../../lib/store/batches.ts";
import { eventStore } from "../../lib/store/events.ts";
import { foldStore } from "../../lib/store/folds.ts";
import { recountStore } from "../../lib/store/recounts.ts";
import type { Table } from "../../lib/store/table.ts";
import { tallyStore } from "../../lib/store/tallies.ts";
import { impression, OPENS_AT } from "../support/samples.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
let store: StoreBehindProxy;
let delivery: Table;
let sequence = 0;
const log = () => {};

// A table of its own for each: all of it is read.
beforeEach(async () => {
  await store?.close();
  store = await storeBehindProxy();
  delivery = store.delivery;
});
afterAll(() => store.close());

const fold = (...events: readonly DeliveryEvent[]) =>
  foldEvents({ folds: foldStore(delivery), log })(
    "shard",
    events.map((event) => ({ sequence: String(++sequence), additions: [additionsOf(event)] })),
  );
const record = async (changes: Partial<DeliveryEvent> = {}) => {
  const event = impression({ decision: `dec_v3.${OPENS_AT.toString(36)}.${++sequence}`, ...changes });
  await eventStore(delivery).record(event);
  return event;
};
const check = () => recount({ recounts: recountStore(delivery) })();

test("what was folded has no drift, events of their own and of batches alike", async () => {
  const events = [await record(), await record({ kind: "click", link: "web" }), await record({ invalid: "bot" })];
  const batched = impression({ decision: `dec_v3.${OPENS_AT.toString(36)}.b` });
  await batchStore(delivery).record("wechat/b", [{ event: batched, decidedAt: OPENS_AT, refused: null }]);
  await fold(...events, batched);
  expect(await check()).toEqual({ events: 4, unreadable: [], drift: [] });
});

test("what was not folded, or was folded twice, is told counter by counter, and set right", async () => {
  const [once, twice] = [await record(), await record({ card: "crd_2" })];
  await fold(twice, twice);
  const found = await check();
  expect(
    found.drift.map(({ row, counter, events, counted }) => [rowName(row).split("#")[4] ?? row.kind, counter, events, counted]),
  ).toEqual([
    [once.card, "impressions", 1, 0],
    [twice.card, "impressions", 1, 2],
  ]);
  expect(await recountStore(delivery).repair(found.drift)).toBe(2);
  expect((await check()).drift).toEqual([]);
  expect((await tallyStore(delivery).ofSeason("moments", once.season)).map(({ card, counters }) => [card, counters])).toEqual([
    ["crd_1", { impressions: 1 }],
    ["crd_2", { impressions: 1 }],
  ]);
});

test("a row that has been counted on since it was read is left alone", async () => {
  const event = await record();
  const { drift } = await check();
  await fold(event);
  expect(await recountStore(delivery).repair(drift)).toBe(0);
  expect((await check()).drift).toEqual([]);
});

test("a row that cannot be read is told of", async () => {
  await store.direct.send(
    new UpdateCommand({
      TableName: delivery.name,
      Key: { pk: "EVENT#d#0", sk: "impression" },
      UpdateExpression: "SET doc = :d",
      ExpressionAttributeValues: { ":d": {} },
    }),
  );
  expect((await check()).unreadable).toEqual(["EVENT#d#0 impression"]);
});

test("a tap that is replayed counts once, judged by its impression", async () => {
  const shown = await record();
  const replay = replayClick({ events: eventStore(delivery) });
  const tap = { ...shown, kind: "click", link: "web", at: shown.at + 1_000 } as const;
  expect([await replay(tap), await replay(tap)]).toEqual(["counted", "duplicate"]);
  const unseen = { ...tap, decision: "dec_v3.0.unseen" };
  expect(await replay(unseen)).toBe("counted");
  const events = (await store.items(delivery)).filter(({ sk }) => sk === "click").map(({ doc }) => (doc as DeliveryEvent).invalid);
  expect(events.sort()).toEqual(["no-impression", null]);
});
