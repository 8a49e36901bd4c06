import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import { correctShares } from "../../lib/app/correct-shares.ts";
import { decideCards } from "../../lib/app/decide-cards.ts";
import { foldEvents } from "../../lib/app/fold-events.ts";
import { freshSnapshots } from "../../lib/app/fresh-snapshot.ts";
import { replayDecision } from "../../lib/app/replay-decision.ts";
import { eventIds } from "../../lib/deps/event-ids.ts";
import { newSeed } from "../../lib/deps/seeds.ts";
import { hmacSigner } from "../../lib/deps/signer.ts";
import { openDecisionId } from "../../lib/domain/decision-id.ts";
import { additionsOf } from "../../lib/domain/fold.ts";
import type { ServedGrant, Snapshot } from "../../lib/domain/snapshot.ts";
import type { Surface } from "../../lib/domain/surface.ts";
import { correctionReader } from "../../lib/store/correction-reader.ts";
import { fairShareStore } from "../../lib/store/fair-shares.ts";
import { foldStore } from "../../lib/store/folds.ts";
import { keyMarkStore } from "../../lib/store/key-marks.ts";
import { keys } from "../../lib/store/keys.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { switchStore } from "../../lib/store/switches.ts";
import { tallyStore } from "../../lib/store/tallies.ts";
import { nothingCapped } from "../support/nothing-capped.ts";
import { impression } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import {
  HOUR,
  OPENING,
  servedBrand,
  servedCampaign,
  servedCard,
  servedGrant,
  servedSeason,
  servedSnapshot,
} from "../unit/domain/fixtures.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy({ maxAttempts: 2 });
const { proxy, delivery, registry } = store;
const snapshots = snapshotStore(delivery);
const fairShares = fairShareStore(delivery);
const signer = hmacSigner("k1:0123456789abcdef0123456789abcdef");
const user = { sub: "feed", role: "feed", tenant: "wechat" } as const;
const logged: string[] = [];
const log = (_level: string, event: string) => void logged.push(event);
let made = 0;
let surface = "";
let season = "";
let sequence = 0;
let clock = 0;

beforeEach(() => {
  proxy.clear();
  logged.length = 0;
  surface = `surface-${++made}`;
  season = `s-${store.run}-${made}`;
  sequence = 0;
  clock = OPENING + HOUR / 4;
});
afterAll(() => store.close());

const branded = (name: string, grant: Partial<ServedGrant> = {}) =>
  servedBrand(name, {
    grants: [servedGrant(grant)],
    campaigns: [servedCampaign({ id: `cmp_${name}`, cards: [servedCard({ id: `crd_${name}`, campaign: `cmp_${name}` })] })],
  });
const content = (brands = [branded("a"), branded("b")]): Snapshot => ({
  ...servedSnapshot([servedSeason(brands, { id: season })], surface),
  host: "wechat",
  separation: { brand: 0, category: 0 },
});
const publish = async (snapshot = content()) => snapshots.publish(snapshot, await snapshots.pointer(surface), clock);

/** As the stream folds what was shown since. */
async function shown(brand: string, times: number): Promise<void> {
  const event = impression({ surface, season, brand, at: clock });
  const records = Array.from({ length: times }, () => ({ sequence: String(++sequence), additions: [additionsOf(event)] }));
  await foldEvents({ folds: foldStore(delivery), log })(`shard-${season}`, records);
}

const deps = () => ({
  catalogue: {
    surfaces: [{ id: surface, host: "wechat", impressionTokenSeconds: 600 } as Surface],
    surface: (id: string) => (id === surface ? ({ id, host: "wechat", impressionTokenSeconds: 600 } as Surface) : undefined),
    host: () => undefined,
    marketplace: () => undefined,
  },
  seasons: { roll: async () => ({ seasons: [], unreadable: [] }) },
  snapshots,
  switches: switchStore(registry),
  tallies: tallyStore(delivery),
  fairShares,
  now: () => clock,
  log,
});
const tick = () => correctShares(deps())();
/** A minute in which these were shown, and the tick after it. */
async function minute(counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [brand, times] of Object.entries(counts)) await shown(brand, times);
  clock += 60_000;
  await tick();
}

function instance() {
  const freshSnapshot = freshSnapshots({
    snapshots,
    switches: switchStore(registry),
    keyMarks: keyMarkStore(registry),
    corrections: correctionReader(delivery),
    now: () => clock,
  });
  const decide = decideCards({
    freshSnapshot,
    claims: nothingCapped,
    signer,
    decisions: signer,
    publicUrl: "https://events.example",
    now: () => clock,
    newSeed,
    pointOf: () => 0,
    eventIds,
    inTime: async (what) => ({ value: await what }),
    log,
  });
  const ask = async () => {
    const { id, slots } = await decide({ surface, slots: 1, viewer: { key: "v", installedApps: [] } }, user);
    const [slot] = slots;
    return { id, shown: slot && "placement" in slot ? slot.placement.brand : slot?.noAd };
  };
  return { freshSnapshot, ask };
}

/** Of so many decisions how many showed the brand. */
async function shareOf(brand: string, ask: ReturnType<typeof instance>["ask"], of = 400): Promise<number> {
  let found = 0;
  for (let n = 0; n < of; n++) if ((await ask()).shown === brand) found++;
  return found / of;
}

test("who is behind is drawn more by every warm instance within its next look, and nothing is published anew for it", async () => {
  await publish();
  await tick();
  const { ask } = instance();
  await ask();
  const pointer = await snapshots.pointer(surface);
  for (let n = 0; n < 16; n++) await minute({ a: 100, b: 25 });
  expect(await snapshots.pointer(surface)).toEqual(pointer);
  proxy.clear();
  expect(await shareOf("b", ask)).toBeGreaterThan(0.65);
  // Four hundred decisions at one instant: one look, of which the shares are one item.
  expect(proxy.log.filter(({ body }) => body.includes("SHARES"))).toHaveLength(1);
  expect(proxy.log).toHaveLength(4);
});

test("a decision is made again as it was made, whatever has been corrected since, for as long as that is kept", async () => {
  await publish();
  await tick();
  await minute({ a: 400, b: 20 });
  const { ask } = instance();
  const made = await Promise.all(Array.from({ length: 60 }, ask));
  expect(openDecisionId(signer, made[0]?.id ?? "").versions?.shares).toBe(2);
  await minute({ b: 4_000 });
  await minute({ b: 4_000 });
  const replay = replayDecision({ ...deps(), corrections: correctionReader(delivery), decisions: signer });
  const again = async (decision: string) => replay({ params: { decision }, user: { ...user, role: "reviewer" } } as never);
  for (const { id, shown: brand } of made) expect((await again(id)).slots[0]).toMatchObject({ brand });
  await delivery.delete(keys.formerCorrection(surface, 2));
  await expect(again(made[0]?.id ?? "")).rejects.toMatchObject({ code: "no-longer-kept" });
});

test("of ticks at once, or one whose answer is lost, one correction comes", async () => {
  await publish();
  await tick();
  await shown("a", 30);
  clock += 60_000;
  await Promise.all([tick(), tick(), tick()]);
  expect((await fairShares.read(surface, season)).version).toBe(2);
  expect((await fairShares.read(surface, season)).books?.accounts["a"]?.delivered).toBe(30);
  proxy.rules([{ op: "TransactWriteItems", match: /SHARES/, act: "loseResponse", times: 1 }]);
  await minute({ a: 5, b: 5 });
  const { version, books } = await fairShares.read(surface, season);
  expect([version, books?.accounts["a"]?.delivered, books?.accounts["b"]?.delivered]).toEqual([3, 35, 5]);
});

test("a correction that cannot be read, or is not there, is no reason for no ad", async () => {
  await publish();
  await tick();
  await minute({ a: 400, b: 20 });
  const { freshSnapshot, ask } = instance();
  const known = await freshSnapshot(surface);
  expect(known?.correction.version).toBe(2);
  proxy.rules([{ op: "GetItem", match: /SHARES/, act: "throttle" }]);
  clock += 3_000;
  expect(await freshSnapshot(surface)).toMatchObject({ correction: known?.correction, confirmedAt: clock });
  expect(["a", "b"]).toContain((await instance().ask()).shown);
  proxy.clear();
  await delivery.put({ ...keys.correction(surface), version: 3, until: clock + HOUR, doc: "no JSON" });
  clock += 3_000;
  expect((await freshSnapshot(surface))?.correction).toBe(known?.correction);
  expect(["a", "b"]).toContain((await ask()).shown);
  await delivery.delete(keys.correction(surface));
  clock += 3_000;
  expect((await freshSnapshot(surface))?.correction.version).toBe(0);
});

test("a brand that has had what its grant names is held until the next day, and the others go on", async () => {
  const grantOf = { phases: ["wave-1", "wave-2"], dailyShare: 1_000 };
  await publish(content([branded("a", grantOf), branded("b")]));
  await tick();
  await minute({ a: 120, b: 100 });
  const { ask } = instance();
  expect(await shareOf("a", ask, 100)).toBe(0);
  // Others have caught up: it is one of its tenth again.
  await minute({ b: 2_000 });
  clock += 3_000;
  expect(await shareOf("a", ask, 200)).toBeGreaterThan(0);
  await publish(content([branded("a", grantOf)]));
  await minute({ a: 2_000 });
  clock += 3_000;
  expect((await instance().ask()).shown).toBe("fair-share-hold");
});
