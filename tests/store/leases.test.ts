import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { type Lease, refundAtOf, refundsOf } from "../../lib/domain/lease.ts";
import { eventStore } from "../../lib/store/events.ts";
import { leaseStore } from "../../lib/store/leases.ts";
import { refundStore } from "../../lib/store/refunds.ts";
import { viewerStore } from "../../lib/store/viewers.ts";
import { APPLIED, patienceWith, REFUSED, REFUSED_SINGLE } from "../support/faults.ts";
import { leanTableAt } from "../support/lean-table.ts";
import { impression } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, delivery } = store;
const lean = (timeoutMs = 5_000) => leanTableAt(proxy.endpoint, delivery.name, { timeoutMs });
const leases = leaseStore(lean());
const refunds = refundStore(delivery);
const DAY = { opensAt: 1_000, closesAt: 100_000_000 };
const ENDED = 90_000_000;
/** A client as patient as a busy machine needs would wait long for what hangs. */
const ANSWERED = APPLIED.filter((act) => act !== "hangAfter");
let made = 0;
let campaign = "";

beforeEach(() => {
  proxy.clear();
  campaign = `cmp_${store.run}_${++made}`;
});
afterAll(() => store.close());

const lease = (granted: number, refundAt = ENDED - 1): Lease => ({
  id: `${refundAt.toString(36)}-${store.run}-${++made}`,
  campaign,
  day: DAY.opensAt,
  granted,
  until: refundAt,
  refundAt,
});
const upTo = (daily: number | null, total: number | null = null) => ({ day: DAY, daily, total });
const reserved = () => leases.reserved(campaign, DAY.opensAt);
const rows = async () => (await store.items(delivery)).filter(({ pk, sk }) => pk.startsWith("LEASES#") && sk.includes(`#${campaign}#`));
const refundAll = async () => {
  const ours = (await refunds.ended(ENDED)).filter((each) => each.campaign === campaign);
  return Promise.all(refundsOf(ours).map((each) => refunds.refund(each)));
};

describe("a lease", () => {
  test("is reserved in all and of its day, whichever has a limit", async () => {
    expect(await reserved()).toEqual({ daily: 0, total: 0 });
    expect(await leases.take(lease(3), upTo(10))).toBe(true);
    expect(await leases.take(lease(4), upTo(null, 10))).toBe(true);
    expect(await reserved()).toEqual({ daily: 7, total: 7 });
  });

  test.each([
    ["the day's", upTo(10)],
    ["the whole", upTo(null, 10)],
    ["either", upTo(12, 10)],
  ])("is not taken beyond %s allowance, and nothing is left of the attempt", async (_, allowance) => {
    expect(await leases.take(lease(7), allowance)).toBe(true);
    expect(await leases.take(lease(4), allowance)).toBe(false);
    expect(await leases.take(lease(3), allowance)).toBe(true);
    expect(await reserved()).toEqual({ daily: 10, total: 10 });
    expect(await rows()).toHaveLength(2);
  });

  test("of a hundred at once no more are taken than are allowed", async () => {
    const taken = await Promise.all(Array.from({ length: 100 }, () => leases.take(lease(1), upTo(37, 50))));
    expect(taken.filter(Boolean)).toHaveLength(37);
    expect(await reserved()).toEqual({ daily: 37, total: 37 });
  });

  test.each([...APPLIED, ...REFUSED])("is taken once under %s, with the token known and forgotten", async (act) => {
    const patient = leaseStore(lean(patienceWith(act, 300)));
    for (const forgets of [false, true]) {
      proxy.rules([
        { op: "TransactWriteItems", act, times: 1 },
        ...(forgets ? [{ op: "TransactWriteItems", act: "forgetToken" } as const] : []),
      ]);
      expect(await patient.take(lease(2), upTo(100))).toBe(true);
    }
    proxy.clear();
    expect(await reserved()).toEqual({ daily: 4, total: 4 });
  });

  test("whose taking is never answered is not known of, and given back", async () => {
    proxy.rules([{ op: "TransactWriteItems", act: "loseResponse" }]);
    await expect(leases.take(lease(5), upTo(100))).rejects.toBeInstanceOf(Unavailable);
    proxy.clear();
    expect(await reserved()).toEqual({ daily: 5, total: 5 });
    expect(await refundAll()).toEqual([true]);
    expect(await reserved()).toEqual({ daily: 0, total: 0 });
  });
});

describe("an impression of a lease", () => {
  const told = (id: string, slot: number) => impression({ decision: `dec_${store.run}_${campaign}`, slot, campaign, lease: id });
  const confirmed = async () => Number((await rows())[0]?.["confirmed"]);

  test.each([...ANSWERED, ...REFUSED.filter((act) => act !== "hangBefore")])(
    "is confirmed once under %s, however often it is told",
    async (act) => {
      const one = lease(5);
      await leases.take(one, upTo(10));
      const hasty = eventStore(delivery);
      proxy.rules([{ op: "TransactWriteItems", act, times: 1 }]);
      await Promise.all([1, 2, 3].map((at) => hasty.record({ ...told(one.id, 0), at })));
      await hasty.record(told(one.id, 1));
      proxy.clear();
      expect(await confirmed()).toBe(2);
    },
  );

  test("is not given back; the rest is, once, however many ticks there are", async () => {
    const some = [lease(5), lease(6), lease(7)];
    for (const each of some) await leases.take(each, upTo(100, 200));
    for (const slot of [0, 1, 2]) await eventStore(delivery).record(told(some[1]?.id ?? "", slot));
    proxy.rules([{ op: "TransactWriteItems", act: "forgetToken" }]);
    await Promise.all([refundAll(), refundAll(), refundAll()]);
    await refundAll();
    expect(await reserved()).toEqual({ daily: 3, total: 3 });
    expect(await rows()).toEqual([]);
  });

  test.each(ANSWERED)("is given back once under %s", async (act) => {
    await leases.take(lease(5), upTo(100));
    proxy.rules([
      { op: "TransactWriteItems", act, times: 1 },
      { op: "TransactWriteItems", act: "forgetToken" },
    ]);
    await refundAll();
    proxy.clear();
    await refundAll();
    expect(await reserved()).toEqual({ daily: 0, total: 0 });
  });

  test("told between the reading and the refund keeps the lease for the next tick", async () => {
    const one = lease(5);
    await leases.take(one, upTo(10));
    const [refund] = refundsOf((await refunds.ended(ENDED)).filter((each) => each.campaign === campaign));
    await eventStore(delivery).record(told(one.id, 0));
    expect(refund && (await refunds.refund(refund))).toBe(false);
    expect(await refundAll()).toEqual([true]);
    expect(await reserved()).toEqual({ daily: 1, total: 1 });
  });

  test("told after the refund is not counted", async () => {
    const one = lease(5);
    await leases.take(one, upTo(10));
    await refundAll();
    await expect(eventStore(delivery).record(told(one.id, 0))).rejects.toMatchObject({ code: "token-expired" });
    expect(
      await eventStore(delivery).impressionAt({ surface: "moments", decision: `dec_${store.run}_${campaign}`, slot: 0 }),
    ).toBeUndefined();
    expect(await reserved()).toEqual({ daily: 0, total: 0 });
  });
});

test("only leases whose time has come are refunded", async () => {
  await leases.take(lease(5, ENDED + 1), upTo(100));
  await leases.take(lease(6, ENDED - 1), upTo(100));
  await refundAll();
  expect(await reserved()).toEqual({ daily: 5, total: 5 });
  expect((await rows()).map(({ id }) => refundAtOf(String(id)))).toEqual([ENDED + 1]);
});

describe("what a viewer was shown", () => {
  const viewers = viewerStore(lean());
  const one = (before: string | undefined, after: string) => ({ campaign: "cmp_a", before, after });

  test("is counted against what was read, and not when that has changed", async () => {
    expect(await viewers.counts(campaign)).toEqual({});
    expect(await viewers.count(campaign, [one(undefined, "w 1")], "one", 9)).toBe(true);
    expect(await viewers.count(campaign, [one(undefined, "w 1")], "two", 9)).toBe(false);
    expect(await viewers.count(campaign, [one("w 1", "w 2"), { campaign: "cmp_b", before: undefined, after: "w 1" }], "three", 9)).toBe(
      true,
    );
    expect(await viewers.counts(campaign)).toEqual({ cmp_a: "w 2", cmp_b: "w 1" });
  });

  test("of twenty writers at once one is right", async () => {
    const done = await Promise.all(Array.from({ length: 20 }, (_, n) => viewers.count(campaign, [one(undefined, "w 1")], `by-${n}`, 9)));
    expect(done.filter(Boolean)).toHaveLength(1);
  });

  test.each([...APPLIED, ...REFUSED_SINGLE])("is counted once, and known to be, under %s", async (act) => {
    const patient = viewerStore(lean(patienceWith(act, 300)));
    proxy.rules([{ op: "UpdateItem", act, times: 1 }]);
    expect(await patient.count(campaign, [one(undefined, "w 1")], "one", 9)).toBe(true);
    expect(await viewers.counts(campaign)).toEqual({ cmp_a: "w 1" });
  });
});
