import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { BatchedEvent } from "../../lib/app/ports/delivery.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import type { BatchAnswer, DeliveryEvent } from "../../lib/domain/delivery-event.ts";
import { batchStore } from "../../lib/store/batches.ts";
import { eventStore, eventsInRow, streamedRecord } from "../../lib/store/events.ts";
import { leaseStore } from "../../lib/store/leases.ts";
import { Table } from "../../lib/store/table.ts";
import { APPLIED, REFUSED, REFUSED_SINGLE } from "../support/faults.ts";
import { leanTableAt } from "../support/lean-table.ts";
import { impression, OPENS_AT } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const MINUTE_MS = 60_000;
const store = await storeBehindProxy({ timeoutMs: 1_000 });
const { proxy, delivery } = store;
const batches = batchStore(delivery);
const events = eventStore(delivery);
let made = 0;
let surface = "";

beforeEach(() => {
  proxy.clear();
  surface = `moments-${++made}`;
});
afterAll(() => store.close());

/** A showing whose decision was made `minute` minutes after the season opened. */
const told = (n: number, changes: Partial<DeliveryEvent> = {}, minute = 0): BatchedEvent => {
  const decidedAt = OPENS_AT + minute * MINUTE_MS;
  const decision = `dec_v3.${decidedAt.toString(36)}.${store.run}-${surface}-${n}`;
  return { event: impression({ surface, decision, at: decidedAt + 1_000, ...changes }), decidedAt, refused: null };
};
const many = (count: number, changes?: Partial<DeliveryEvent>) => Array.from({ length: count }, (_, n) => told(n, changes));
const all = (answer: BatchAnswer, count: number) => Array.from({ length: count }, () => answer);
const id = (name: string) => `wechat/${store.run}-${surface}-${name}`;
const rows = async () => (await store.items(delivery)).filter(({ pk }) => pk.includes(surface));
const kept = async () => (await rows()).flatMap(eventsInRow);

test("a batch of one minute is one row, of about thirteen bytes an event, put by one plain write", async () => {
  expect(await batches.record(id("a"), many(500))).toEqual(all("counted", 500));
  expect(await kept()).toHaveLength(500);
  const [row, ...more] = await rows();
  expect(more).toEqual([]);
  expect((row?.["packed"] as Uint8Array | undefined)?.length).toBeLessThanOrEqual(13 * 500);
  expect(proxy.calls["PutItem"]).toBe(1);
  expect(proxy.calls["TransactWriteItems"]).toBeUndefined();
});

test("what was packed comes back, but for which placement it was", async () => {
  const changes = [
    { kind: "viewable", late: true },
    { kind: "sub-second", at: OPENS_AT + 3_600_000 },
    { card: "crd_2", brand: "mei" },
  ] as const;
  await batches.record(
    id("a"),
    changes.map((change, n) => told(n, change)),
  );
  const unnamed = { decision: "", slot: 0, os: null, hostVersion: "", lease: "" };
  expect(await kept()).toEqual(changes.map((change, n) => ({ ...told(n, change).event, ...unnamed })));
});

test("the same batch again is given the same answers, though its addresses have ended meanwhile", async () => {
  const batch = [told(0), "token-invalid" as const, told(1), told(0)];
  const answers = ["counted", "token-invalid", "counted", "duplicate"];
  expect(await batches.record(id("a"), batch)).toEqual(answers);
  const ended = batch.map((one) => (typeof one === "string" ? one : { ...one, refused: "token-expired" as const }));
  expect(await batches.record(id("a"), ended)).toEqual(answers);
  expect(await kept()).toHaveLength(2);
});

test("another batch under the same id is refused", async () => {
  await batches.record(id("a"), [told(0)]);
  await expect(batches.record(id("a"), [told(0), told(1)])).rejects.toMatchObject({ code: "batch-differs" });
});

test("an event counts once over batches, rows of its own and repetitions", async () => {
  await events.record(told(0).event);
  await batches.record(id("a"), [told(1)]);
  expect(await batches.record(id("b"), [told(0), told(1), told(2), told(2), told(2, { kind: "viewable" })])).toEqual([
    "duplicate",
    "duplicate",
    "counted",
    "duplicate",
    "counted",
  ]);
  expect(await events.record(told(2).event)).toBe(false);
  expect(await kept()).toHaveLength(4);
});

test("what cannot be counted now is answered with why, and a duplicate is one all the same", async () => {
  await batches.record(id("a"), [told(0)]);
  const late = (n: number) => ({ ...told(n), refused: "token-expired" as const });
  expect(await batches.record(id("b"), [late(0), late(1)])).toEqual(["duplicate", "token-expired"]);
  expect(await kept()).toHaveLength(1);
});

test("a batch of more minutes than one transaction takes is taken as far as that", async () => {
  const batch = Array.from({ length: 45 }, (_, minute) => told(minute, {}, minute));
  const answers = await batches.record(id("a"), batch);
  expect([answers.filter((answer) => answer === "counted").length, answers.filter((answer) => answer === "send-again").length]).toEqual([
    40, 5,
  ]);
  const again = batch.filter((_, n) => answers[n] === "send-again");
  expect(await batches.record(id("b"), again)).toEqual(all("counted", 5));
  expect(await kept()).toHaveLength(45);
});

test("of batches at once that overlap every event is counted once", async () => {
  const shares = Array.from({ length: 5 }, (_, n) => Array.from({ length: 20 }, (_, m) => told(n * 10 + m)));
  const answers = await Promise.all(shares.map((share, n) => batches.record(id(`p${n}`), share)));
  expect(answers.flat().filter((answer) => answer === "counted")).toHaveLength(60);
  expect(await kept()).toHaveLength(60);
});

test("one batch sent many times at once is counted once, and every time answered the same", async () => {
  const batch = Array.from({ length: 6 }, (_, minute) => told(minute, {}, minute));
  for (let n = 0; n < 5; n++) {
    const again = batch.map((one) => ({ ...one, event: { ...one.event, slot: n } }));
    const answers = await Promise.all([1, 2, 3, 4].map(() => batches.record(id(`same-${n}`), again)));
    expect(answers).toEqual([1, 2, 3, 4].map(() => all("counted", 6)));
  }
  expect(await kept()).toHaveLength(30);
});

describe("a batch whose recording meets a fault counts once, and says so:", () => {
  const retried = async (batch: readonly BatchedEvent[]) => {
    const hasty = batchStore(new Table(store.client({ timeoutMs: 400 }), delivery.name));
    for (let times = 1; ; times++) {
      const outcome = await hasty.record(id("a"), batch).catch((error: unknown) => error);
      if (!(outcome instanceof Unavailable) || times === 10) return outcome;
    }
  };

  test.each([...APPLIED, ...REFUSED_SINGLE])("one minute, %s", async (act) => {
    proxy.rules([{ op: "PutItem", act, times: 2 }]);
    expect(await retried(many(3))).toEqual(all("counted", 3));
    expect(await kept()).toHaveLength(3);
  });

  test.each([...APPLIED, ...REFUSED])("two minutes, %s", async (act) => {
    proxy.rules([{ op: "TransactWriteItems", act, times: 2 }]);
    expect(await retried([told(0), told(1, {}, 1)])).toEqual(all("counted", 2));
    expect(await kept()).toHaveLength(2);
  });
});

describe("capped campaigns", () => {
  const lean = leanTableAt(proxy.endpoint, delivery.name, { timeoutMs: 5_000 });
  const lease = (nonce: string) => ({
    id: `${(OPENS_AT + 720_000).toString(36)}-${nonce}${store.run}${surface}`,
    campaign: "cmp_1",
    day: OPENS_AT,
    granted: 10,
    until: OPENS_AT,
    refundAt: OPENS_AT + 720_000,
  });

  test("each lease is told how many of its impressions were counted, and one that was refunded takes none", async () => {
    const [one, gone] = [lease("one"), lease("gone")];
    await leaseStore(lean).take(one, { total: null, daily: null } as never);
    const batch = [
      told(0, { lease: one.id }),
      told(1, { lease: one.id }),
      told(2, { lease: gone.id }),
      told(3),
      told(4, { lease: one.id, kind: "viewable" }),
    ];
    expect(await batches.record(id("a"), batch)).toEqual(["counted", "counted", "token-expired", "counted", "counted"]);
    await batches.record(id("a"), batch);
    const [row] = (await store.items(delivery)).filter((item) => item["id"] === one.id);
    expect(row?.["confirmed"]).toBe(2);
  });
});

describe("a tap whose impression comes in a batch", () => {
  const tap = (n: number, afterMs = 1_000) => ({ ...told(n).event, kind: "click", link: "web", at: told(n).event.at + afterMs }) as const;
  const invalid = async () => (await kept()).filter(({ kind }) => kind === "click").map((click) => click.invalid);
  const image = async () =>
    marshall(
      (await rows()).find(({ sk }) => sk === "click"),
      { removeUndefinedValues: true },
    );

  test("after it is known by it", async () => {
    await batches.record(id("a"), [told(0)]);
    expect(await events.impressionAt(told(0).event)).toBe(told(0).event.at);
    expect(await events.impressionAt(told(1).event)).toBeUndefined();
  });

  test("before it waits, and counts from then on; a settled tap is told to the stream as what it is in place of what it was", async () => {
    await events.record({ ...tap(0), invalid: "no-impression" });
    expect(await invalid()).toEqual(["no-impression"]);
    await batches.record(id("a"), [told(0)]);
    await batches.record(id("a"), [told(0)]);
    expect(await invalid()).toEqual([null]);
    expect((await rows()).filter(({ sk }) => sk.startsWith("AWAITING#"))).toEqual([]);
    const { additions } = streamedRecord({ eventName: "MODIFY", dynamodb: { NewImage: await image(), SequenceNumber: "9" } });
    expect(additions?.flat().map(({ kind, counters }) => [kind, counters])).toEqual([
      ["card", { "invalid-clicks:no-impression": -1 }],
      ["card", { clicks: 1 }],
      ["links", { "links:web:ios": 1 }],
    ]);
  });

  test("too soon after it is found too fast", async () => {
    await events.record({ ...tap(0, 299), invalid: "no-impression" });
    await batches.record(id("a"), [told(0)]);
    expect(await invalid()).toEqual(["too-fast"]);
  });

  test("that is told on its own counts too", async () => {
    await events.record({ ...tap(0), invalid: "no-impression" });
    await events.record(told(0).event);
    expect(await invalid()).toEqual([null]);
  });

  test("at the same moment counts, whichever is first", async () => {
    for (let from = 0; from < 40; from += 4) {
      const numbers = [0, 1, 2, 3].map((n) => from + n);
      const taps = numbers.map((n) => events.record({ ...tap(n), invalid: "no-impression" }));
      await Promise.all([
        ...taps,
        batches.record(
          id(`b${from}`),
          numbers.map((n) => told(n)),
        ),
      ]);
    }
    expect(await invalid()).toEqual(Array.from({ length: 40 }, () => null));
  });
});

test("a row of a batch that we did not write cannot be read", () => {
  const NewImage = marshall({ pk: "EVENTS#a#1", sk: "BATCH#0000000000", spots: [], since: 0, packed: Uint8Array.from([1, 2]) });
  expect(streamedRecord({ eventName: "INSERT", dynamodb: { NewImage, SequenceNumber: "7" } }).additions).toBeNull();
});

test("a record of the stream has a batch's bytes as text, and adds each event", async () => {
  await batches.record(id("a"), many(3));
  const [row] = await rows();
  const NewImage = { ...marshall(row), packed: { B: Buffer.from(row?.["packed"] as Uint8Array).toString("base64") } };
  expect(streamedRecord({ eventName: "INSERT", dynamodb: { NewImage, SequenceNumber: "7" } }).additions).toHaveLength(3);
});
