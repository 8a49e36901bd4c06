import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { CountedHour } from "../../lib/domain/decision-count.ts";
import { countedDecisions } from "../../lib/store/counted-decisions.ts";
import { decisionCountStore } from "../../lib/store/decision-counts.ts";
import { leanTableAt } from "../support/lean-table.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, delivery } = store;
const counts = decisionCountStore(leanTableAt(proxy.endpoint, delivery.name, { timeoutMs: 5_000 }));
const counted = countedDecisions(delivery);
const HOUR = 3_600_000;
/** The last hour of a day of UTC. */
const AT = Date.UTC(2024, 4, 20, 23);
let surface = "";
let made = 0;
beforeEach(() => {
  proxy.clear();
  surface = `surface-${++made}`;
});
afterAll(() => store.close());

const row = (over: Partial<CountedHour> = {}): CountedHour => ({
  ...{ surface, hour: AT, nonce: "one", decisions: 5, cards: 4, noAds: { "frequency-cap": 1 } },
  ...over,
});
const KEPT_UNTIL = 4_000_000_000;
const all = () => counted.between(surface, { opensAt: AT, closesAt: AT + 4 * HOUR });

test("rows of instances are summed by hour, and only those of the window are told", async () => {
  await counts.keep(row(), KEPT_UNTIL);
  await counts.keep(row({ nonce: "two", decisions: 1 }), KEPT_UNTIL);
  await counts.keep(row({ hour: AT + HOUR, decisions: 7 }), KEPT_UNTIL);
  await counts.keep(row({ surface: `${surface}-other`, decisions: 9 }), KEPT_UNTIL);
  expect(await all()).toEqual([
    { hour: AT, decisions: 6, cards: 8, noAds: { "frequency-cap": 2 } },
    { hour: AT + HOUR, decisions: 7, cards: 4, noAds: { "frequency-cap": 1 } },
  ]);
  expect(await counted.between(surface, { opensAt: AT + HOUR, closesAt: AT + 2 * HOUR })).toHaveLength(1);
  expect(await counted.between(surface, { opensAt: AT, closesAt: AT })).toEqual([]);
});

test("a row is replaced by one with more, and by no other: what was held up on its way comes too late", async () => {
  await counts.keep(row({ decisions: 8 }), KEPT_UNTIL);
  await counts.keep(row({ decisions: 3 }), KEPT_UNTIL);
  expect(await all()).toMatchObject([{ decisions: 8 }]);
  await counts.keep(row({ decisions: 9, noAds: { "pacing-hold": 2 } }), KEPT_UNTIL);
  expect(await all()).toEqual([{ hour: AT, decisions: 9, cards: 4, noAds: { "pacing-hold": 2 } }]);
});

test.each(["loseResponse", "duplicate", "reset"] as const)("a write that meets %s counts once", async (act) => {
  proxy.rules([{ op: "UpdateItem", act, times: 1 }]);
  await counts.keep(row(), KEPT_UNTIL);
  expect(await all()).toMatchObject([{ decisions: 5, cards: 4 }]);
});

test("rows are dropped by DynamoDB when nobody compares festivals with them any more", async () => {
  await counts.keep(row(), KEPT_UNTIL);
  const items = (await store.items(delivery)).filter(({ pk }) => pk.startsWith(`DECISIONS#${surface}#`));
  expect(items).toEqual([expect.objectContaining({ expiresAt: KEPT_UNTIL })]);
});
