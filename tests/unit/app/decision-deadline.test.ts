import { expect, test } from "@jest/globals";
import { claims } from "../../../lib/app/claims.ts";
import { decideCards } from "../../../lib/app/decide-cards.ts";
import type { LeaseStore, ViewerStore } from "../../../lib/app/ports/caps.ts";
import { eventIds } from "../../../lib/deps/event-ids.ts";
import { inTime } from "../../../lib/deps/in-time.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import { UNCORRECTED } from "../../../lib/domain/correction.ts";
import type { Signer } from "../../../lib/domain/event-token.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import type { ServedCampaign } from "../../../lib/domain/snapshot.ts";
import { HOUR, OPENING, servedBrand, servedCampaign, servedCard, servedSeason, servedSnapshot } from "../domain/fixtures.ts";

const AT = OPENING + HOUR / 2;
const FEED: User = { sub: "f", role: "feed", tenant: "wechat" };
const signer: Signer = { keyId: "k1", sign: () => "s".repeat(43), verify: () => true };
const CAPPED: Partial<ServedCampaign> = { caps: { daily: 1_000, total: null }, pacing: "asap" };
const ONCE: Partial<ServedCampaign> = { ...CAPPED, frequency: { most: 1, units: 1, unit: "day" } };

const never = () => new Promise<never>(() => undefined);
const leases: LeaseStore = { reserved: async () => ({ daily: 0, total: 0 }), take: async () => true };
const viewers: ViewerStore = { counts: async () => ({}), count: async () => true };

/** An instance with one campaign, whose stores answer or do not. */
function instance(
  limits: Partial<ServedCampaign>,
  stores: { leases?: LeaseStore; viewers?: ViewerStore; isUnread?: boolean; heldFor?: number },
) {
  const campaign = servedCampaign({ ...limits, cards: [servedCard()] });
  const snapshot = servedSnapshot([servedSeason([servedBrand("ba", { campaigns: [campaign] })])]);
  const confirmed = { snapshot, since: 1, withheld: [], board: EMPTY_BOARD, correction: UNCORRECTED, confirmedAt: AT };
  const said: string[] = [];
  const reading = () => (stores.isUnread ? never() : confirmed);
  const decide = decideCards({
    freshSnapshot: Object.assign(reading, {
      held: () => (stores.heldFor === undefined ? undefined : { ...confirmed, confirmedAt: AT - stores.heldFor }),
    }),
    claims: claims({
      ...{ leases, viewers, ...stores },
      markOf: (_season, _rotation, viewer) => viewer,
      newNonce: () => "n",
      machineNow: () => AT,
      log: () => undefined,
    }),
    signer,
    decisions: signer,
    publicUrl: "https://events.example",
    now: () => AT,
    newSeed: () => [1, 2],
    pointOf: () => 0,
    eventIds,
    inTime,
    log: (_level, event) => said.push(event),
  });
  const ask = async (viewer = "v") => {
    const { slots } = await decide(
      { surface: "wechat-moments", slots: 1, deadlineMs: 20, viewer: { key: viewer, installedApps: [] } },
      FEED,
    );
    const [slot] = slots;
    return slot && "noAd" in slot ? slot.noAd : "card";
  };
  return { ask, said };
}

test("a store that answers is waited for", async () => {
  expect(await instance(ONCE, {}).ask()).toBe("card");
});

test("a snapshot that does not come by the deadline is done without: no ad, and a log line", async () => {
  const { ask, said } = instance({}, { isUnread: true });
  expect(await ask()).toBe("technical-error");
  expect(said).toEqual(["snapshot-late"]);
});

test.each([
  [4_999, "card"],
  [5_001, "technical-error"],
])("a snapshot whose reading is late is used while it is held for five seconds at most: after %i ms", async (heldFor, answer) => {
  expect(await instance({}, { isUnread: true, heldFor }).ask()).toBe(answer);
});

test.each<[string, Partial<ServedCampaign>, Parameters<typeof instance>[1], string]>([
  ["what is reserved", CAPPED, { leases: { ...leases, reserved: never } }, "pacing-hold"],
  ["a lease", CAPPED, { leases: { ...leases, take: never } }, "pacing-hold"],
  ["the viewer's counts", ONCE, { viewers: { ...viewers, counts: never } }, "frequency-cap"],
  ["the viewer's count being written", ONCE, { viewers: { ...viewers, count: never } }, "frequency-cap"],
])("%s does not come by the deadline: what needs it is held back", async (_what, limits, stores, reason) => {
  expect(await instance(limits, stores).ask()).toBe(reason);
});

test("what was taken for a viewer whose count came late is there for the next, once", async () => {
  const late: ((isWritten: boolean) => void)[] = [];
  let isLate = true;
  let taken = 0;
  const { ask } = instance(ONCE, {
    leases: {
      reserved: async () => ({ daily: 999, total: 999 }),
      // One impression is left in the campaign's day, so one card in all may be shown.
      take: async () => ++taken === 1,
    },
    viewers: { ...viewers, count: () => (isLate ? new Promise((resolve) => late.push(resolve)) : Promise.resolve(true)) },
  });
  expect(await ask("one")).toBe("frequency-cap");
  // Given up long since: that it was refused in the end gives nothing back a second time.
  for (const say of late) say(false);
  await Promise.resolve();
  isLate = false;
  expect([await ask("two"), await ask("three")]).toEqual(["card", "pacing-hold"]);
});
