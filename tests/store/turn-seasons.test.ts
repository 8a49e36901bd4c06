import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import type { SeasonStore } from "../../lib/app/ports/seasons.ts";
import { turnSeasons } from "../../lib/app/turn-seasons.ts";
import type { Instant } from "../../lib/domain/window.ts";
import { seasonStore } from "../../lib/store/seasons.ts";
import { auditEvent, CLOSES_AT, OPENS_AT, season } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import { THOROUGH } from "../support/thoroughness.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, registry } = store;
const seasons = seasonStore(registry);
const BEFORE = OPENS_AT - 1;
const BETWEEN = OPENS_AT + 1;
const AFTER = CLOSES_AT + 5_000;
let made = 0;
let id = "";

const scheduled = async () => {
  id = `s-${++made}`;
  const event = auditEvent({ id: `${store.run}.plan.${made}`, subject: `season/${id}` });
  await seasons.create(season({ id }), { event, receipt: null });
};

/** This test's season alone: the others of the table were turned by their own tests. */
const alone = (): SeasonStore => ({
  ...seasons,
  roll: async () => ({ seasons: [await seasons.get(id)].filter((each) => each !== undefined), unreadable: [] }),
});

const tick = (at: Instant, of: SeasonStore = alone()) =>
  turnSeasons({ seasons: of, now: () => at, newId: (prefix) => `${prefix}_${store.run}_${++made}`, log: () => undefined })("req-1");

const audit = async () => (await registry.queryAll({ pk: `AUDIT#season/${id}` })).map((item) => (item["doc"] as { after: string }).after);
const outbox = async () => (await registry.queryAll({ pk: `OUTBOX#season/${id}` })).length;
const turns = async () => (await seasons.get(id))?.turns.map(({ to, officialAt }) => [to, officialAt]);

const OPENED = ["open", OPENS_AT];
const CLOSED = ["closed", CLOSES_AT];

beforeEach(async () => {
  proxy.clear();
  await scheduled();
});
afterAll(() => store.close());

test("each turn is recorded at its time, once, with its event", async () => {
  expect(await tick(BEFORE)).toEqual([]);
  expect(await tick(OPENS_AT)).toEqual([{ season: id, to: "open" }]);
  expect(await tick(OPENS_AT)).toEqual([]);
  expect(await tick(CLOSES_AT - 1)).toEqual([]);
  expect(await tick(CLOSES_AT)).toEqual([{ season: id, to: "closed" }]);
  expect(await tick(AFTER)).toEqual([]);
  expect(await turns()).toEqual([OPENED, CLOSED]);
  expect(await audit()).toEqual(["pending", "open", "closed"]);
  expect(await outbox()).toBe(3);
});

describe("three ticks at once record each turn once", () => {
  test.each([
    ["when one is due", BETWEEN, [OPENED], ["pending", "open"]],
    ["when both are due", AFTER, [OPENED, CLOSED], ["pending", "open", "closed"]],
  ])("%s", async (_case, at, expected, events) => {
    const told = await Promise.all([tick(at), tick(at), tick(at)]);
    // A tick that loses a race leaves the rest to the others, or to the next.
    const all = [...told.flat(), ...(await tick(at))].map(({ to }) => to);
    expect(all.sort()).toEqual(expected.map(([to]) => to).sort());
    expect(await turns()).toEqual(expected);
    expect(await audit()).toEqual(events);
    expect(await outbox()).toBe(events.length);
  });
});

test("a late tick records both turns in order, with their official times and its own", async () => {
  expect(await tick(AFTER)).toEqual([
    { season: id, to: "open" },
    { season: id, to: "closed" },
  ]);
  expect((await seasons.get(id))?.turns).toEqual([
    { to: "open", officialAt: OPENS_AT, actualAt: AFTER },
    { to: "closed", officialAt: CLOSES_AT, actualAt: AFTER },
  ]);
});

test("a tick with an earlier clock changes nothing", async () => {
  await tick(AFTER);
  const after = await store.items(registry);
  for (const at of [BETWEEN, BEFORE, 0]) expect(await tick(at)).toEqual([]);
  expect(await store.items(registry)).toEqual(after);
});

test("a tick turns every season that is due", async () => {
  const first = id;
  await scheduled();
  const told = await tick(BETWEEN, seasons);
  expect(told).toEqual(
    expect.arrayContaining([
      { season: first, to: "open" },
      { season: id, to: "open" },
    ]),
  );
  await tick(AFTER, seasons);
});

test("a season that cannot be turned keeps no other from its turns, and the tick fails when all have been tried", async () => {
  const stuck = id;
  await scheduled();
  proxy.rules([{ op: "TransactWriteItems", match: new RegExp(`SEASON#${stuck}"`), act: "unavailable" }]);
  await expect(tick(BETWEEN, seasons)).rejects.toMatchObject({ name: "Unavailable" });
  expect(await turns()).toEqual([OPENED]);
  expect((await seasons.get(stuck))?.turns).toEqual([]);
  proxy.clear();
  await tick(AFTER, seasons);
});

test("a season that cannot be read keeps no other from its turns, and the log says which it is", async () => {
  await registry.put({ pk: "SEASONS", sk: "SEASON#broken", version: 1, doc: { id: "broken", phases: "soon" } });
  const logged: unknown[] = [];
  const log = (...line: readonly unknown[]) => void logged.push(line);
  await turnSeasons({ seasons, now: () => BETWEEN, newId: (prefix) => `${prefix}_${store.run}_${++made}`, log })("req-1");
  expect(await turns()).toEqual([OPENED]);
  expect(logged).toContainEqual(["error", "season-unreadable", { season: "broken" }]);
  await registry.delete({ pk: "SEASONS", sk: "SEASON#broken" });
  await tick(AFTER, seasons);
});

test.each(["loseResponse", "lose500", "truncate", "garbage", "duplicate", "txConflict", "reset"] as const)(
  "a tick whose write meets %s records the turn once and tells of it",
  async (act) => {
    proxy.rules([{ op: "TransactWriteItems", act, times: 1 }]);
    expect(await tick(BETWEEN)).toEqual([{ season: id, to: "open" }]);
    expect(await audit()).toEqual(["pending", "open"]);
  },
);

test("a tick that is killed after its write is made up by the next", async () => {
  proxy.rules([{ op: "TransactWriteItems", act: "lose500" }]);
  await expect(tick(AFTER)).rejects.toMatchObject({ name: "Unavailable" });
  proxy.clear();
  expect(await tick(AFTER)).toEqual([{ season: id, to: "closed" }]);
  expect(await turns()).toEqual([OPENED, CLOSED]);
  expect(await audit()).toEqual(["pending", "open", "closed"]);
});

test("ticks in any order, alone or together, come to the same record, and the status never goes back", async () => {
  const instant = fc.constantFrom(0, BEFORE, OPENS_AT, BETWEEN, CLOSES_AT - 1, CLOSES_AT, AFTER);
  const order = ["scheduled", "open", "closed"];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(instant, { minLength: 1, maxLength: 3 }), { maxLength: 3 }), async (waves) => {
      await scheduled();
      let reached = 0;
      for (const wave of [...waves, [AFTER], [AFTER]]) {
        await Promise.all(wave.map((at) => tick(at)));
        const now = order.indexOf((await seasons.get(id))?.status ?? "");
        expect(now).toBeGreaterThanOrEqual(reached);
        reached = now;
      }
      expect(await turns()).toEqual([OPENED, CLOSED]);
      expect(await audit()).toEqual(["pending", "open", "closed"]);
      expect(await seasons.get(id)).toMatchObject({ status: "closed", version: 3 });
    }),
    { numRuns: THOROUGH ? 200 : 60, seed: 618 },
  );
}, 60_000);
