import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { counterOf, type DeliveryEvent } from "../../lib/domain/delivery-event.ts";
import { eventStore } from "../../lib/store/events.ts";
import { Table } from "../../lib/store/table.ts";
import { tallyStore } from "../../lib/store/tallies.ts";
import { seeded, shuffled } from "../../scripts/local/seeded.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, REFUSED } from "../support/faults.ts";
import { impression } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const SEED = 618;
const store = await storeBehindProxy({}, SEED);
const { proxy, delivery } = store;
const hasty = new Table(store.client({ timeoutMs: 500 }), delivery.name);
let made = 0;
let season = "";

beforeEach(() => {
  proxy.clear();
  season = `s-${++made}`;
});
afterAll(() => store.close());

/** Folds as the stream does: what was Unavailable comes again. */
async function delivered(event: DeliveryEvent, tallies = tallyStore(hasty)): Promise<void> {
  for (let times = 1; ; times++) {
    const error = await tallies.fold(event).catch((caught: unknown) => caught);
    if (error === undefined) return;
    if (!(error instanceof Unavailable) || times === 20) throw error;
  }
}

const recorded = async (changes: Partial<DeliveryEvent> = {}) => {
  const event = impression({ decision: `dec_${store.run}_${++made}`, season, ...changes });
  await eventStore(delivery).record(event);
  return event;
};
const counters = async () => (await tallyStore(delivery).ofSeason("moments", season)).map((tally) => tally.counters);

test("a tally names its placement and counts each kind and each reason apart", async () => {
  const events = [
    await recorded(),
    await recorded(),
    await recorded({ kind: "click", link: "web" }),
    await recorded({ kind: "click", link: "web", invalid: "no-impression" }),
  ];
  for (const event of events) await delivered(event);
  const { surface, brand, campaign, card, phase } = impression();
  expect(await tallyStore(delivery).ofSeason("moments", season)).toEqual([
    { surface, season, brand, campaign, card, phase, counters: { impressions: 2, clicks: 1, "invalid-clicks:no-impression": 1 } },
  ]);
});

test("an event that was never recorded is not counted", async () => {
  await delivered(impression({ decision: `dec_${store.run}_never`, season }));
  expect(await counters()).toEqual([]);
});

describe("one event counts one, however often and whenever it is folded:", () => {
  test.each([1, 2, 3, 4, 5])("%i times in a row, at once, and with the token forgotten", async (times) => {
    const event = await recorded();
    for (let i = 0; i < times; i++) await delivered(event);
    await Promise.all(Array.from({ length: times }, () => delivered(event)));
    proxy.rules([{ op: "*", act: "forgetToken" }]);
    for (let i = 0; i < times; i++) await delivered(event);
    await Promise.all(Array.from({ length: times }, () => delivered(event)));
    expect(await counters()).toEqual([{ impressions: 1 }]);
  });

  test.each([...APPLIED, ...REFUSED])(
    "under %s",
    async (act) => {
      const event = await recorded();
      for (const rule of [{ times: 1 }, { after: 1, times: 1 }, { times: 2 }]) {
        proxy.rules([{ op: "TransactWriteItems", act, ...rule }]);
        await Promise.all([1, 2, 3].map(() => delivered(event)));
      }
      proxy.clear();
      expect(await counters()).toEqual([{ impressions: 1 }]);
    },
    20_000,
  );

  test.each(APPLIED)("under %s with the token forgotten", async (act) => {
    const event = await recorded();
    proxy.rules([
      { op: "TransactWriteItems", act, times: 1 },
      { op: "TransactWriteItems", act: "forgetToken" },
    ]);
    await delivered(event);
    expect(await counters()).toEqual([{ impressions: 1 }]);
  });
});

test(`two hundred events on five cards, shuffled and repeated under a mixed load of faults, come out exact (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const kinds: readonly Partial<DeliveryEvent>[] = [
    {},
    { kind: "click", link: "web" },
    { kind: "click", link: "web", invalid: "no-impression" },
  ];
  const events = Array.from({ length: 200 }, (_, i) =>
    impression({
      decision: `dec_${store.run}_mixed_${i}`,
      season,
      card: `crd_${Math.floor(random() * 5)}`,
      at: i,
      ...kinds[Math.floor(random() * kinds.length)],
    }),
  );
  await Promise.all(events.map((event) => eventStore(delivery).record(event)));
  const expected: Record<string, Record<string, number>> = {};
  for (const event of events) {
    const counter = counterOf(event);
    const card = expected[event.card] ?? {};
    expected[event.card] = { ...card, [counter]: (card[counter] ?? 0) + 1 };
  }

  const deliveries = shuffled(
    events.flatMap((event) => Array.from({ length: 1 + Math.floor(random() * 3) }, () => event)),
    random,
  );
  proxy.rules([
    ...[...APPLIED, ...REFUSED].map((act): Rule => ({ op: "TransactWriteItems", act, p: 0.03 })),
    { op: "TransactWriteItems", act: "forgetToken", p: 0.3 },
  ]);
  const waiting = [...deliveries];
  const instance = async () => {
    const tallies = tallyStore(new Table(store.client({ maxAttempts: 3, timeoutMs: 300 }), delivery.name));
    for (let event = waiting.pop(); event; event = waiting.pop()) await delivered(event, tallies);
  };
  await Promise.all(Array.from({ length: 8 }, instance));
  const struck = new Set(proxy.log.map(({ act }) => act));
  proxy.clear();

  expect(struck.size).toBeGreaterThan(10);
  const tallies = await tallyStore(delivery).ofSeason("moments", season);
  expect(Object.fromEntries(tallies.map((tally) => [tally.card, tally.counters]))).toEqual(expected);
}, 60_000);

test("a brand's report is its own, also when another brand's id begins with the same letters", async () => {
  const brands = ["mei", "mei-2", "mei2", "m", "meilan"];
  for (const brand of brands) await delivered(await recorded({ brand }));
  const tallies = tallyStore(delivery);
  for (const brand of brands) expect((await tallies.ofBrand("moments", season, brand)).map((tally) => tally.brand)).toEqual([brand]);
  expect(await tallies.ofBrand("moments", season, "me")).toEqual([]);
  expect(await tallies.ofSeason("moments", season)).toHaveLength(brands.length);
});

test("a season's report is its own, on its own surface, whatever the pages", async () => {
  await delivered(await recorded());
  await delivered(await recorded({ card: "crd_2" }));
  await delivered(await recorded({ season: `${season}-b` }));
  await delivered(await recorded({ surface: "moments-b" }));
  proxy.rules([{ op: "Query", act: "smallPages", n: 1 }]);
  expect((await tallyStore(delivery).ofSeason("moments", season)).map(({ card }) => card)).toEqual(["crd_1", "crd_2"]);
});
