import { describe, expect, test } from "@jest/globals";
import { claims } from "../../../lib/app/claims.ts";
import { decideCards } from "../../../lib/app/decide-cards.ts";
import { refundLeases } from "../../../lib/app/refund-leases.ts";
import { eventIds } from "../../../lib/deps/event-ids.ts";
import { UNCORRECTED } from "../../../lib/domain/correction.ts";
import type { ViewerCounts } from "../../../lib/domain/frequency-cap.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import type { CountedLease, Lease, Refund } from "../../../lib/domain/lease.ts";
import type { ServedCampaign } from "../../../lib/domain/snapshot.ts";
import { HOUR, OPENING, servedBrand, servedCampaign, servedCard, servedSeason, servedSnapshot } from "../domain/fixtures.ts";

const SERVES = 100_000;
/** Where fewer say as much. */
const FEWER = 10_000;
const FEED = { sub: "f", role: "feed", tenant: "wechat" } as const;
const CAPS = { daily: null, total: 1_000_000 };

/** One campaign, on a store that keeps what was reserved and what each viewer has seen. */
function serving(settings: Partial<ServedCampaign>) {
  const brand = servedBrand("a", { campaigns: [servedCampaign({ ...settings, pacing: "asap", cards: [servedCard()] })] });
  const snapshot = { ...servedSnapshot([servedSeason([brand])]), separation: { brand: 0, category: 0 } };
  const clock = { at: OPENING + HOUR / 2 };
  const leases = new Map<string, Lease>();
  const viewers = new Map<string, ViewerCounts>();
  let nonces = 0;
  const reserved = () => [...leases.values()].reduce((sum, { granted }) => sum + granted, 0);
  const decide = decideCards({
    freshSnapshot: () => ({ snapshot, since: 1, withheld: [], board: EMPTY_BOARD, correction: UNCORRECTED, confirmedAt: clock.at }),
    claims: claims({
      leases: {
        reserved: async () => ({ daily: reserved(), total: reserved() }),
        take: async (lease, { total }) => {
          if (reserved() + lease.granted > Number(total)) return false;
          leases.set(lease.id, lease);
          return true;
        },
      },
      viewers: {
        counts: async (mark) => viewers.get(mark) ?? {},
        count: async (mark, shown) => {
          viewers.set(mark, { ...viewers.get(mark), ...Object.fromEntries(shown.map(({ campaign, after }) => [campaign, after])) });
          return true;
        },
      },
      markOf: (season, rotation, viewer) => `${season} ${rotation} ${viewer}`,
      newNonce: () => String(++nonces),
      machineNow: () => clock.at,
      log: () => undefined,
    }),
    signer: { keyId: "k1", sign: () => "s", verify: () => true },
    decisions: { keyId: "k1", sign: () => "s", verify: () => true },
    publicUrl: "https://events.example",
    now: () => clock.at,
    newSeed: () => [1, 2],
    pointOf: () => 0,
    eventIds,
    inTime: async (what) => ({ value: await what }),
    log: () => undefined,
  });
  const ask = async (key: string, network?: string) => {
    const { slots } = await decide({ surface: "wechat-moments", slots: 1, viewer: { key, installedApps: [], network } }, FEED);
    return slots[0] && "placement" in slots[0] ? 1 : 0;
  };
  return { ask, clock };
}

/** What an attacker with so many keys spends who asks all the time, and tells every impression. */
async function spent(serves: number, settings: Partial<ServedCampaign>, keys: number, network?: string): Promise<number> {
  const { ask } = serving(settings);
  let told = 0;
  for (let n = 0; n < serves; n++) told += await ask(`mine-${n % keys}`, network);
  return told;
}

describe("of a rival's campaign, one who asks without end", () => {
  const often = { most: 3, units: 1, unit: "day" } as const;

  test.each([
    [SERVES, 1],
    [FEWER, 50],
  ])("%i times with %i keys spends its frequency cap for each, and no more", async (serves, keys) => {
    expect(await spent(serves, { caps: CAPS, frequency: often }, keys)).toBe(3 * keys);
  });

  test("that has caps alone spends in an hour what a person may read", async () => {
    expect(await spent(FEWER, { caps: CAPS, frequency: null }, 1)).toBe(60);
    expect(await spent(FEWER, { caps: CAPS, frequency: null }, 20)).toBe(20 * 60);
  });

  test("with as many keys as can be had, from one network, spends what a network may", async () => {
    expect(await spent(FEWER, { caps: CAPS, frequency: null }, 5_000, "10.1.2")).toBe(6_000);
  });
});

test("the others are shown it all the while, and whoever was stopped is shown it again in the next hour", async () => {
  const { ask, clock } = serving({ caps: CAPS, frequency: null });
  let told = 0;
  for (let n = 0; n < 100; n++) told += await ask("mine", "10.1.2");
  expect(told).toBe(60);
  expect(await ask("another's", "10.1.2")).toBe(1);
  expect(await ask("mine", "10.1.2")).toBe(0);
  clock.at = OPENING + 2 * HOUR + 1_000;
  expect(await ask("mine", "10.1.2")).toBe(1);
});

test("leases of many campaigns are given back at the same time, those of one after each other; one that fails keeps no other", async () => {
  const ended = Array.from(
    { length: 400 },
    (_, n): CountedLease => ({ id: `x-${n}`, campaign: `cmp_${n % 8}`, day: 0, granted: 1, refundAt: 0, confirmed: 0 }),
  );
  let [now, most] = [0, 0];
  const under = new Set<string>();
  const given: string[] = [];
  const logged: unknown[] = [];
  const refund = async ({ campaign, leases }: Refund) => {
    expect(under.has(campaign)).toBe(false);
    under.add(campaign);
    most = Math.max(most, ++now);
    await new Promise((resume) => setImmediate(resume));
    now--;
    under.delete(campaign);
    if (campaign === "cmp_3") throw new Error("away");
    given.push(...leases.map(({ id }) => id));
    return true;
  };
  const run = refundLeases({
    refunds: { ended: async () => ended, refund },
    now: () => 1,
    log: (_level, event, fields) => logged.push([event, fields["campaign"]]),
  });
  await expect(run()).rejects.toThrow("away");
  expect(most).toBe(8);
  expect(given).toHaveLength(350);
  expect(logged).toEqual([["refund-failed", "cmp_3"]]);
});
