import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import * as fc from "fast-check";
import { bidCards } from "../../lib/app/bid-cards.ts";
import { claims } from "../../lib/app/claims.ts";
import { decideCards } from "../../lib/app/decide-cards.ts";
import type { Decided, Placed } from "../../lib/app/ports/decisions.ts";
import { refundLeases } from "../../lib/app/refund-leases.ts";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { eventIds } from "../../lib/deps/event-ids.ts";
import { newNonce, newSeed } from "../../lib/deps/seeds.ts";
import { hmacSigner } from "../../lib/deps/signer.ts";
import { marksUnder } from "../../lib/deps/viewer-marks.ts";
import type { User } from "../../lib/domain/authorisation.ts";
import type { Campaign } from "../../lib/domain/campaign.ts";
import { UNCORRECTED } from "../../lib/domain/correction.ts";
import { answersOf, openDecisionId } from "../../lib/domain/decision-id.ts";
import { delivered } from "../../lib/domain/delivery-event.ts";
import { openToken } from "../../lib/domain/event-token.ts";
import { holdingBack } from "../../lib/domain/held.ts";
import type { BidAsk } from "../../lib/domain/openrtb/ask.ts";
import { allowanceAt } from "../../lib/domain/pacing.ts";
import { servingIndex } from "../../lib/domain/serving-index.ts";
import { type Snapshot, serve, snapshotOf } from "../../lib/domain/snapshot.ts";
import type { Surface } from "../../lib/domain/surface.ts";
import { eventStore } from "../../lib/store/events.ts";
import { leaseStore } from "../../lib/store/leases.ts";
import { refundStore } from "../../lib/store/refunds.ts";
import { viewerStore } from "../../lib/store/viewers.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, REFUSED, REFUSED_SINGLE } from "../support/faults.ts";
import { leanTableAt } from "../support/lean-table.ts";
import { attestation, campaign, card, grant, OPENS_AT, season } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(240_000);
const SEED = 1_111;
const KEY = "k1:0123456789abcdef0123456789abcdef";
const [INSTANCES, DECISIONS, VIEWERS] = [5, 500, 40];
const TOKEN_S = 600;
/** By then every lease and every token has ended. */
const LATER_MS = 60_000 + TOKEN_S * 1000 + 60_000 + 1;
const AT = OPENS_AT + 3_600_000;

const store = await storeBehindProxy({}, SEED);
const { proxy, delivery } = store;
let runs = 0;
beforeEach(() => proxy.clear());
afterAll(() => store.close());

const [tokens, decisions] = [hmacSigner(KEY), hmacSigner(KEY)];
const names = { zh: "朋友圈", en: "Moments" };
const surface = (hostCapsFrequency: boolean): Surface => ({
  ...{
    id: "moments",
    host: "wechat",
    hostCapsFrequency,
    names,
    label: names,
    separation: { brand: 0, category: 0 },
    templates: [],
    forbiddenText: [],
    callsToAction: [],
    monitoringHosts: [],
  },
  impressionTokenSeconds: TOKEN_S,
  clickTokenSeconds: 6 * 3600,
});

type Limits = Pick<Campaign, "caps" | "pacing" | "frequency">;

/** A brand for each campaign, since of a brand one card is shown at a time. */
function snapshot(limits: readonly Limits[], hostCapsFrequency = false): Snapshot {
  const run = ++runs;
  const ours = limits.map((each, n) => ({ ...each, brand: `brand-${n}`, id: `cmp_${store.run}_${run}_${n}` }));
  const lineup = {
    attestations: ours.map(({ brand }) => attestation({ brand, application: `app_${brand}` })),
    grants: ours.map(({ brand }) => grant({ brand, id: `grt_${brand}` })),
    campaigns: ours.map((each) => campaign(each)),
    cards: ours.map(({ brand, id }) => card({ brand, campaign: id, id: `crd_${brand}`, status: "approved" })),
  };
  return snapshotOf(
    surface(hostCapsFrequency),
    [serve(season({ id: `s-${store.run}-${run}`, status: "open" }), lineup)],
    shippedCatalogue().marketplace,
  );
}

/** What an instance of its own has, with a memory of its own, on one store and one snapshot. */
function instance(published: Snapshot, clock: { at: number }) {
  const board = { version: 0, live: [] };
  const table = leanTableAt(proxy.endpoint, delivery.name, { timeoutMs: 2_000 });
  return {
    freshSnapshot: () => ({ snapshot: published, withheld: [], since: 1, board, correction: UNCORRECTED, confirmedAt: clock.at }),
    claims: claims({
      leases: leaseStore(table),
      viewers: viewerStore(table),
      markOf: marksUnder(KEY),
      newNonce,
      machineNow: () => clock.at,
      log: () => undefined,
    }),
    signer: tokens,
    decisions,
    publicUrl: "https://events.example",
    now: () => clock.at,
    newSeed,
    pointOf: () => 0,
    eventIds,
    // However slow the machine: what comes too late has tests of its own.
    inTime: async <T>(what: Promise<T>) => ({ value: await what }),
    log: () => undefined,
  };
}

interface Asked {
  readonly surface: string;
  readonly slots: number;
  readonly viewer: { readonly key: string; readonly installedApps: readonly string[] };
}
type Decide = (
  request: Asked,
  user: User,
) => Promise<Pick<Decided, "id"> & { readonly slots: readonly (Pick<Placed, "impressionUrl"> | { noAd: string })[] }>;

const instances = (published: Snapshot, clock: { at: number }, many = INSTANCES) =>
  Array.from({ length: many }, () => {
    const decide = decideCards(instance(published, clock));
    return async (request: Asked, user: User) => decide(request, user);
  });

/** The same, asked by OpenRTB. */
const bidders = (published: Snapshot, clock: { at: number }, many = INSTANCES): Decide[] =>
  Array.from({ length: many }, () => {
    const bid = bidCards({
      domain: "events.example",

      ...instance(published, clock),
      catalogue: { ...shippedCatalogue(), surface: () => surface(published.hostCapsFrequency) },
    });
    const assets = [{ id: 1, required: 1, title: { len: 90 } }];
    return async ({ surface, slots, viewer }, user) => {
      const imp = Array.from({ length: slots }, (_, n) => ({ id: String(n), native: { request: { value: { assets, wrapped: false } } } }));
      const body: BidAsk = { id: "1", imp, user: { id: viewer.key } };
      const { seatbid } = await bid({ params: { surface }, query: {}, body, user, requestId: "r" });
      const urls = seatbid.flatMap(({ bid }) => bid.map(({ adm }) => JSON.parse(adm ?? "").eventtrackers[0].url as string));
      return { id: "", slots: urls.map((impressionUrl) => ({ impressionUrl })) };
    };
  });

const user = { sub: "feed", role: "feed", tenant: "wechat" } as const;

interface Shown {
  readonly viewer: string;
  readonly placed: ReturnType<typeof openToken>;
}

/** Asks the instances in turn, all at once, and tells what was shown to whom. */
async function ask<R extends Awaited<ReturnType<Decide>>>(
  decide: readonly ((request: Asked, user: User) => Promise<R>)[],
  clock: { at: number },
  times = DECISIONS,
) {
  const answers = await Promise.all(
    Array.from({ length: times }, async (_, n) => {
      const viewer = `viewer-${n % VIEWERS}`;
      const one = decide[n % decide.length];
      return { viewer, decided: await one?.({ surface: "moments", slots: 1 + (n % 2), viewer: { key: viewer, installedApps: [] } }, user) };
    }),
  );
  const shown = answers.flatMap(({ viewer, decided }) =>
    (decided?.slots ?? []).flatMap((slot): Shown[] =>
      "noAd" in slot ? [] : [{ viewer, placed: openToken(tokens, "impression", tokenOf(slot), clock.at) }],
    ),
  );
  return { answers, shown };
}

const tokenOf = ({ impressionUrl }: Pick<Placed, "impressionUrl">) => impressionUrl.slice(impressionUrl.indexOf("/i/") + 3);
const campaignsOf = ({ seasons }: Snapshot) => seasons.flatMap(({ brands }) => brands.flatMap(({ campaigns }) => campaigns));
const reservedOf = async (id: string) => {
  const counters = (await store.items(delivery)).filter(({ pk }) => pk === `CAP#${id}`);
  return {
    total: 0,
    daily: 0,
    ...Object.fromEntries(counters.map(({ sk, reserved }) => [sk === "TOTAL" ? "total" : "daily", Number(reserved)])),
  };
};
const refund = (at: number) => refundLeases({ refunds: refundStore(delivery), now: () => at, log: () => undefined })();

/** What the shown cards break of the campaigns' limits; nothing when all is well. */
async function broken(published: Snapshot, shown: readonly Shown[]): Promise<string[]> {
  const faults: string[] = [];
  const [only] = published.seasons;
  for (const { id, caps, frequency, pacing, flight } of campaignsOf(published)) {
    const ours = shown.filter(({ placed }) => placed.campaign === id);
    const reserved = await reservedOf(id);
    const { daily, total } = allowanceAt(only as Snapshot["seasons"][number], { caps, pacing, flight }, AT);
    for (const [name, limit] of Object.entries({ daily, total }))
      if (limit !== null) {
        if (ours.length > limit) faults.push(`${id}: ${ours.length} shown of ${limit} ${name}`);
        const held = name === "daily" ? reserved.daily : reserved.total;
        if (held > limit) faults.push(`${id}: ${held} reserved of ${limit} ${name}`);
        if (ours.length > held) faults.push(`${id}: ${ours.length} shown of ${held} reserved`);
      }
    if (!frequency || published.hostCapsFrequency) continue;
    const most = Math.max(0, ...Object.values(Object.groupBy(ours, ({ viewer }) => viewer)).map((theirs) => theirs?.length ?? 0));
    if (most > frequency.most) faults.push(`${id}: a viewer saw it ${most} times of ${frequency.most}`);
  }
  return faults;
}

const cap = fc.option(fc.integer({ min: 1, max: 150 }), { freq: 3 });
const limits: fc.Arbitrary<Limits> = fc.record({
  caps: fc.record({ daily: cap, total: cap }),
  pacing: fc.constantFrom("asap", "asap", "even"),
  frequency: fc.option(
    fc.record({ most: fc.integer({ min: 1, max: 4 }), units: fc.constant(1), unit: fc.constantFrom("hour", "day", "week") }),
    {
      freq: 2,
    },
  ),
});
const hangs = (act: string) => act.startsWith("hang");
const rules: fc.Arbitrary<Rule[]> = fc.array(
  fc.oneof(
    fc.record({
      op: fc.constant("TransactWriteItems"),
      act: fc.constantFrom(...[...APPLIED, ...REFUSED].filter((act) => !hangs(act))),
      p: fc.constant(0.15),
    }),
    fc.record({
      op: fc.constant("UpdateItem"),
      act: fc.constantFrom(...[...APPLIED, ...REFUSED_SINGLE].filter((act) => !hangs(act))),
      p: fc.constant(0.15),
    }),
    fc.record({ op: fc.constant("GetItem"), act: fc.constantFrom("stale" as const, "throttle" as const), p: fc.constant(0.15) }),
    fc.record({ op: fc.constant("TransactWriteItems"), act: fc.constant("forgetToken" as const), p: fc.constant(0.5) }),
  ),
  { maxLength: 4 },
);

test(`no card is over a cap and no viewer over a frequency cap under ${DECISIONS} concurrent decisions, whatever fails (seed ${SEED})`, async () => {
  let shownInAll = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(limits, { minLength: 2, maxLength: 5 }), rules, async (each, faults) => {
      const published = snapshot(each);
      const clock = { at: AT };
      proxy.rules(faults);
      const { shown } = await ask(instances(published, clock), clock);
      proxy.clear();
      shownInAll += shown.length;
      expect(await broken(published, shown)).toEqual([]);
    }),
    { seed: SEED, numRuns: 6 },
  );
  expect(shownInAll).toBeGreaterThan(200);
});

test("no card is over a cap and no viewer over a frequency cap when feeds and exchanges ask at the same time; what is bid and not shown comes back", async () => {
  let bidInAll = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(limits, { minLength: 2, maxLength: 5 }), rules, async (each, faults) => {
      const published = snapshot(each);
      const clock = { at: AT };
      proxy.rules(faults);
      const both: Decide[] = instances(published, clock, 3).flatMap((one, n): Decide[] => [
        one,
        ...bidders(published, clock, 3).slice(n, n + 1),
      ]);
      const { answers, shown } = await ask(both, clock, 300);
      proxy.clear();
      bidInAll += answers.filter(({ decided }) => decided?.id === "").flatMap(({ decided }) => decided?.slots ?? []).length;
      expect(await broken(published, shown)).toEqual([]);
      await refund(clock.at + LATER_MS);
      for (const { id } of campaignsOf(published)) expect(await reservedOf(id)).toEqual({ total: 0, daily: 0 });
    }),
    { seed: SEED, numRuns: 4 },
  );
  expect(bidInAll).toBeGreaterThan(50);
});

test("what was not told is given back and shown again; what was told never is more than the cap, however often it goes round", async () => {
  const published = snapshot([{ caps: { daily: 60, total: 100 }, pacing: "asap", frequency: null }]);
  const [only] = campaignsOf(published);
  const events = eventStore(delivery);
  const clock = { at: AT };
  let told = 0;
  const perRound: number[] = [];
  for (let round = 0; round < 4; round++) {
    const { shown } = await ask(instances(published, clock), clock, 200);
    perRound.push(shown.length);
    const some = shown.filter((_, n) => n % 2 === 0);
    for (const { placed } of some) await events.record(delivered(placed, { kind: "impression", at: clock.at, link: null, invalid: null }));
    told += some.length;
    expect(told).toBeLessThanOrEqual((await reservedOf(only?.id ?? "")).daily);
    expect((await reservedOf(only?.id ?? "")).daily).toBeLessThanOrEqual(60);
    await refund(clock.at);
    expect((await reservedOf(only?.id ?? "")).daily).toBeGreaterThanOrEqual(told);
    clock.at += LATER_MS;
    await Promise.all([refund(clock.at), refund(clock.at)]);
    await refund(clock.at);
    expect(await reservedOf(only?.id ?? "")).toEqual({ total: told, daily: told });
  }
  expect(perRound[0]).toBeGreaterThan(20);
  expect(perRound[1]).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(60);
});

test("a token is told until its end, also after every tick before", async () => {
  const published = snapshot([{ caps: { daily: 5, total: null }, pacing: "asap", frequency: null }]);
  const clock = { at: AT };
  const decide = instances(published, clock, 1);
  await ask(decide, clock, 1);
  clock.at = AT + 59_999;
  const { shown } = await ask(decide, clock, 1);
  const [last] = shown;
  const end = clock.at + TOKEN_S * 1000 - 1;
  await refund(end + 250);
  expect(last).toBeDefined();
  if (last)
    expect(await eventStore(delivery).record(delivered(last.placed, { kind: "impression", at: end, link: null, invalid: null }))).toBe(
      true,
    );
});

test("a decision in which nothing has a cap asks the store for nothing, and where the host caps frequency nothing of viewers is kept", async () => {
  const free = { caps: { daily: null, total: null }, pacing: "asap" } as const;
  const clock = { at: AT };
  const often = { most: 1, units: 1, unit: "day" } as const;
  for (const published of [snapshot([{ ...free, frequency: null }]), snapshot([{ ...free, frequency: often }], true)]) {
    const { shown } = await ask(instances(published, clock), clock, 50);
    expect(shown.length).toBeGreaterThanOrEqual(50);
  }
  expect(proxy.log).toEqual([]);
});

test("of a viewer one read and one write at most, and nothing that names the viewer", async () => {
  const published = snapshot([{ caps: { daily: null, total: null }, pacing: "asap", frequency: { most: 1, units: 1, unit: "day" } }]);
  const clock = { at: AT };
  const decide = instances(published, clock, 1);
  await ask(decide, clock, 1);
  expect(proxy.calls).toEqual({ GetItem: 1, UpdateItem: 1 });
  const { answers } = await ask(decide, clock, 1);
  expect(answers[0]?.decided?.slots).toEqual([{ noAd: "frequency-cap" }]);
  expect(proxy.calls).toEqual({ GetItem: 2, UpdateItem: 1 });
  clock.at += 86_400_000;
  expect((await ask(decide, clock, 1)).shown).toHaveLength(1);
  expect(JSON.stringify(await store.items(delivery))).not.toContain("viewer-0");
});

test("a decision under caps is told again from its id", async () => {
  const daily = (n: number): Limits => ({
    caps: { daily: n, total: null },
    pacing: "asap",
    frequency: { most: 2, units: 1, unit: "hour" },
  });
  const published = snapshot([daily(3), daily(9), daily(30), { caps: { daily: null, total: null }, pacing: "asap", frequency: null }]);
  const clock = { at: AT };
  const { answers } = await ask(instances(published, clock, 2), clock, 120);
  const live = servingIndex({ snapshot: published, switches: [] })(AT);
  let heldBack = 0;
  for (const { decided } of answers) {
    const facts = openDecisionId(decisions, decided?.id ?? "");
    heldBack += facts.held?.size ?? 0;
    const again = answersOf(facts, live, holdingBack(facts.held ?? new Map())).map((slot) =>
      "noAd" in slot ? slot : slot.placement.campaign.id,
    );
    expect(again).toEqual(decided?.slots.map((slot) => ("noAd" in slot ? slot : slot.placement.campaign.id)));
  }
  expect(heldBack).toBeGreaterThan(0);
});

test("when the store cannot be asked nothing with a cap is shown, and what has none is", async () => {
  const published = snapshot([
    { caps: { daily: 50, total: null }, pacing: "asap", frequency: null },
    { caps: { daily: null, total: null }, pacing: "asap", frequency: { most: 1, units: 1, unit: "day" } },
    { caps: { daily: null, total: null }, pacing: "asap", frequency: null },
  ]);
  const clock = { at: AT };
  proxy.rules([{ op: "*", act: "internal" }]);
  const { shown } = await ask(instances(published, clock), clock, 50);
  expect([...new Set(shown.map(({ placed }) => placed.brand))]).toEqual(["brand-2"]);
  expect(shown.length).toBeGreaterThanOrEqual(50);
});
