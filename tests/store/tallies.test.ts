import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { foldEvents } from "../../lib/app/fold-events.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import type { DeliveryEvent } from "../../lib/domain/delivery-event.ts";
import { additionsOf, type StreamedRecord } from "../../lib/domain/fold.ts";
import { type Counters, countersOf, hourOf, summed } from "../../lib/domain/tally.ts";
import { foldStore } from "../../lib/store/folds.ts";
import { Table } from "../../lib/store/table.ts";
import { tallyStore } from "../../lib/store/tallies.ts";
import { seeded } from "../../scripts/local/seeded.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, REFUSED } from "../support/faults.ts";
import { impression, OPENS_AT } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const SEED = 618;
const HOUR_MS = 3_600_000;
const store = await storeBehindProxy({}, SEED);
const { proxy, delivery } = store;
const hasty = new Table(store.client({ timeoutMs: 500 }), delivery.name);
const tallies = tallyStore(delivery);
let made = 0;
let season = "";
let shard = "";
const logged: string[] = [];
const log = (_level: string, event: string) => void logged.push(event);

beforeEach(() => {
  proxy.clear();
  logged.length = 0;
  season = `s-${++made}`;
  shard = `shard-${store.run}-${made}`;
});
afterAll(() => store.close());

/** Folds as the stream does: a batch that fails comes again. */
async function delivered(records: readonly StreamedRecord[], table = hasty): Promise<void> {
  const fold = foldEvents({ folds: foldStore(table), log });
  for (let times = 1; ; times++) {
    const error = await fold(shard, records).catch((caught: unknown) => caught);
    if (error === undefined) return;
    if (!(error instanceof Unavailable) || times === 20) throw error;
  }
}

const event = (changes: Partial<DeliveryEvent> = {}) => impression({ decision: `dec_${++made}`, season, ...changes });
const streamed = (events: readonly DeliveryEvent[]): StreamedRecord[] =>
  events.map((each, n) => ({ sequence: String(n + 1), additions: [additionsOf(each)] }));
const counters = async () => (await tallies.ofSeason("moments", season)).map((tally) => tally.counters);
const counted = (events: readonly DeliveryEvent[]): Counters =>
  summed(events.map((each) => Object.fromEntries(countersOf(each).map((name) => [name, 1]))));

test("a tally names its placement and its hour, and counts each kind and each reason apart, with where taps went", async () => {
  const click = { kind: "click", link: "web" } as const;
  await delivered(
    streamed([event(), event(), event(click), event({ ...click, invalid: "no-impression" }), event({ at: OPENS_AT + HOUR_MS })]),
  );
  const { surface, brand, campaign, card, phase } = impression();
  const place = { surface, season, brand, campaign, card, phase };
  expect(await tallies.ofSeason("moments", season)).toEqual([
    {
      ...place,
      hour: "2024-05-31T12",
      counters: { impressions: 2, clicks: 1, "invalid-clicks:no-impression": 1, "links:web:ios": 1 },
    },
    { ...place, hour: "2024-05-31T13", counters: { impressions: 1 } },
  ]);
});

describe("records count one, however often and whenever they are folded:", () => {
  test.each([1, 2, 3, 4, 5])("%i times in a row, at once, and with the token forgotten", async (times) => {
    const records = streamed([event(), event({ kind: "click", link: "web" })]);
    const expected = [{ impressions: 1, clicks: 1, "links:web:ios": 1 }];
    for (let i = 0; i < times; i++) await delivered(records);
    await Promise.all(Array.from({ length: times }, () => delivered(records)));
    proxy.rules([{ op: "*", act: "forgetToken" }]);
    for (let i = 0; i < times; i++) await delivered(records);
    await Promise.all(Array.from({ length: times }, () => delivered(records)));
    expect(await counters()).toEqual(expected);
  });

  test.each([...APPLIED, ...REFUSED])(
    "under %s",
    async (act) => {
      const records = streamed([event(), event()]);
      for (const rule of [{ times: 1 }, { after: 1, times: 1 }, { times: 2 }]) {
        proxy.rules([{ op: "TransactWriteItems", act, ...rule }]);
        await Promise.all([1, 2, 3].map(() => delivered(records)));
      }
      proxy.clear();
      expect(await counters()).toEqual([{ impressions: 2 }]);
    },
    20_000,
  );

  test.each(APPLIED)("under %s with the token forgotten", async (act) => {
    proxy.rules([
      { op: "TransactWriteItems", act, times: 1 },
      { op: "TransactWriteItems", act: "forgetToken" },
    ]);
    await delivered(streamed([event()]));
    expect(await counters()).toEqual([{ impressions: 1 }]);
  });
});

test("two shards count apart, whatever their records' numbers", async () => {
  await delivered(streamed([event(), event(), event()]));
  shard += "-other";
  await delivered(streamed([event()]));
  expect(await counters()).toEqual([{ impressions: 4 }]);
});

test("more cards than one transaction takes are folded in several, each with the checkpoint", async () => {
  const events = Array.from({ length: 150 }, (_, n) => event({ card: `crd_${n}` }));
  await delivered(streamed(events));
  await delivered(streamed(events));
  expect(await counters()).toEqual(events.map(() => ({ impressions: 1 })));
  // A card's row each and the brand's, and the checkpoint: 98 cards, then the other 52.
  const transactions = proxy.log.filter(({ op }) => op === "TransactWriteItems").map(({ body }) => JSON.parse(body).TransactItems.length);
  expect(transactions).toEqual([100, 54]);
});

test("a record that cannot be read is put aside, told of once, and those around it are folded", async () => {
  const [first, , last] = streamed([event(), event(), event()]) as [StreamedRecord, StreamedRecord, StreamedRecord];
  const records = [first, { sequence: "2", additions: null }, last];
  await delivered(records);
  await delivered(records);
  expect(await counters()).toEqual([{ impressions: 2 }]);
  expect(logged).toEqual(["record-put-aside"]);
  const aside = (await store.items(delivery)).filter(({ pk, sk }) => pk === `FOLD#${shard}` && sk.startsWith("ASIDE#"));
  expect(aside).toEqual([{ pk: `FOLD#${shard}`, sk: "ASIDE#2", shard, sequence: "2" }]);
});

test(`two hundred events on five cards, split and repeated under a mixed load of faults, come out exact (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const kinds: readonly Partial<DeliveryEvent>[] = [{}, { kind: "click", link: "web" }, { kind: "click", link: "web", invalid: "bot" }];
  const events = Array.from({ length: 200 }, (_, i) =>
    event({ card: `crd_${Math.floor(random() * 5)}`, at: OPENS_AT + i, ...kinds[Math.floor(random() * kinds.length)] }),
  );
  const expected = Object.fromEntries([...Map.groupBy(events, ({ card }) => card)].map(([card, theirs]) => [card, counted(theirs)]));
  const records = streamed(events);
  proxy.rules([
    ...[...APPLIED, ...REFUSED].map((act): Rule => ({ op: "TransactWriteItems", act, p: 0.03 })),
    { op: "TransactWriteItems", act: "forgetToken", p: 0.3 },
  ]);
  const table = new Table(store.client({ maxAttempts: 3, timeoutMs: 300 }), delivery.name);
  for (let next = 0; next < records.length; ) {
    const from = Math.max(0, next - Math.floor(random() * 5));
    const to = next + 1 + Math.floor(random() * 5);
    await Promise.all(Array.from({ length: 1 + Math.floor(random() * 2) }, () => delivered(records.slice(from, to), table)));
    next = to;
  }
  const struck = new Set(proxy.log.map(({ act }) => act));
  proxy.clear();

  expect(struck.size).toBeGreaterThan(10);
  const found = await tallies.ofSeason("moments", season);
  expect(Object.fromEntries(found.map((tally) => [tally.card, tally.counters]))).toEqual(expected);
}, 60_000);

test("a brand's report is its own, also when another brand's id begins with the same letters", async () => {
  const brands = ["mei", "mei-2", "mei2", "m", "meilan"];
  await delivered(streamed(brands.map((brand) => event({ brand }))));
  for (const brand of brands) expect((await tallies.ofBrand("moments", season, brand)).map((tally) => tally.brand)).toEqual([brand]);
  expect(await tallies.ofBrand("moments", season, "me")).toEqual([]);
  expect(await tallies.ofSeason("moments", season)).toHaveLength(brands.length);
});

test("a season's report is its own, on its own surface, whatever the pages", async () => {
  const others = [event({ season: `${season}-b` }), event({ surface: "moments-b" })];
  await delivered(streamed([event(), event({ card: "crd_2" }), ...others]));
  proxy.rules([{ op: "Query", act: "smallPages", n: 1 }]);
  expect((await tallies.ofSeason("moments", season)).map(({ card }) => card)).toEqual(["crd_1", "crd_2"]);
});

test("what was delivered is told by brand, of the hours asked for alone, without what is invalid", async () => {
  const next = { at: OPENS_AT + HOUR_MS };
  await delivered(
    streamed([
      event(),
      event({ card: "crd_2", late: true }),
      event(next),
      event({ brand: "mei", ...next }),
      event({ invalid: "bot" }),
      event({ kind: "click", link: "web" }),
      event({ kind: "viewable" }),
    ]),
  );
  const of = async (...hours: string[]) => Object.fromEntries(await tallies.deliveredByBrand("moments", season, hours));
  expect(await of(hourOf(OPENS_AT))).toEqual({ lanmo: 2 });
  expect(await of(hourOf(OPENS_AT), hourOf(next.at))).toEqual({ lanmo: 3, mei: 1 });
  expect(await of()).toEqual({});
});
