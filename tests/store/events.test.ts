import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { additionsOf } from "../../lib/domain/fold.ts";
import { eventStore, streamedRecord } from "../../lib/store/events.ts";
import { APPLIED, REFUSED_SINGLE } from "../support/faults.ts";
import { impression } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy({ timeoutMs: 1_000 });
const { proxy, delivery } = store;
const events = eventStore(delivery);
let made = 0;
let decision = "";

beforeEach(() => {
  proxy.clear();
  decision = `dec_${store.run}_${++made}`;
});
afterAll(() => store.close());

const rows = async () => (await store.items(delivery)).filter(({ pk }) => pk.startsWith(`EVENT#${decision}#`));

test("an event recorded twice is one row, and only the first time is it new", async () => {
  expect(await events.record(impression({ decision }))).toBe(true);
  expect(await events.record(impression({ decision, at: 5 }))).toBe(false);
  expect(await rows()).toHaveLength(1);
});

test("of twenty recordings at once one is new", async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => events.record(impression({ decision }))));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await rows()).toHaveLength(1);
});

test("an impression is known by its decision and slot; a click is none", async () => {
  await events.record(impression({ decision, slot: 1, kind: "click" }));
  expect(await events.impressionAt({ surface: "moments", decision, slot: 1 })).toBeUndefined();
  await events.record(impression({ decision, slot: 1 }));
  expect(await events.impressionAt({ surface: "moments", decision, slot: 1 })).toBe(impression().at);
  expect(await events.impressionAt({ surface: "moments", decision, slot: 11 })).toBeUndefined();
});

test("whether there was an impression is read consistently", async () => {
  await events.impressionAt({ surface: "moments", decision, slot: 0 });
  expect(proxy.log.map(({ op, body }) => [op, JSON.parse(body).ConsistentRead])).toEqual([
    ["GetItem", true],
    ["Query", true],
  ]);
});

describe("an event whose recording meets one fault is one row:", () => {
  test.each([...APPLIED, ...REFUSED_SINGLE])("%s", async (act) => {
    proxy.rules([{ op: "PutItem", act, times: 1 }]);
    await events.record(impression({ decision }));
    expect(await rows()).toHaveLength(1);
  });
});

describe("a record of the stream", () => {
  const image = async () => marshall((await rows())[0]);
  const insert = (NewImage: object) => ({ eventName: "INSERT", dynamodb: { NewImage, SequenceNumber: "7" } });

  test("of a new row adds its event", async () => {
    const event = impression({ decision, kind: "click", link: "web", late: true });
    await events.record(event);
    expect(streamedRecord(insert(await image()))).toEqual({ sequence: "7", additions: [additionsOf(event)] });
  });

  test("of a changed or removed row, or of another thing, adds nothing", async () => {
    await events.record(impression({ decision }));
    const nothing = { sequence: "7", additions: [] };
    expect(streamedRecord({ ...insert(await image()), eventName: "MODIFY" })).toEqual(nothing);
    expect(streamedRecord({ eventName: "REMOVE", dynamodb: { SequenceNumber: "7" } })).toEqual(nothing);
    expect(streamedRecord(insert(marshall({ pk: "TALLY#a#b", sk: "c" })))).toEqual(nothing);
  });

  test("of a row that we did not write cannot be read", () => {
    expect(streamedRecord(insert(marshall({ pk: "EVENT#d#0", sk: "click", doc: { kind: "click" } })))).toEqual({
      sequence: "7",
      additions: null,
    });
  });

  test("of a row of before there were outcomes, systems and leases adds the same as ever", async () => {
    const { os: _os, hostVersion: _version, lease: _lease, outcome: _outcome, late: _late, at, ...older } = impression({ decision });
    const doc = { ...older, at: new Date(at).toISOString() };
    expect(streamedRecord(insert(marshall({ pk: `EVENT#${decision}#0`, sk: "impression", doc }))).additions).toEqual([
      additionsOf(impression({ decision })),
    ]);
  });
});
