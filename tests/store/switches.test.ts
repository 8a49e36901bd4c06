import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { decideCards } from "../../lib/app/decide-cards.ts";
import { freshSnapshots } from "../../lib/app/fresh-snapshot.ts";
import { knownSwitches } from "../../lib/app/known-switches.ts";
import type { Commitment } from "../../lib/app/ports/call.ts";
import { eventIds } from "../../lib/deps/event-ids.ts";
import { inTime } from "../../lib/deps/in-time.ts";
import { hmacSigner } from "../../lib/deps/signer.ts";
import { type Aim, aimAt, EMPTY_BOARD, type KillSwitch, liftSwitch, type SwitchLevel, throwSwitch } from "../../lib/domain/kill-switch.ts";
import { serve } from "../../lib/domain/snapshot.ts";
import { correctionReader } from "../../lib/store/correction-reader.ts";
import { keyMarkStore } from "../../lib/store/key-marks.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { switchStore } from "../../lib/store/switches.ts";
import { Table } from "../../lib/store/table.ts";
import { seeded } from "../../scripts/local/seeded.ts";
import type { Act } from "../support/fault-acts.ts";
import { APPLIED, patienceWith } from "../support/faults.ts";
import { nothingCapped } from "../support/nothing-capped.ts";
import { attestation, auditEvent, CLOSES_AT, campaign, card, grant, OPENS_AT, season } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import { THOROUGH } from "../support/thoroughness.ts";
import { servedSnapshot } from "../unit/domain/fixtures.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy({ maxAttempts: 2 });
const { proxy, registry, delivery } = store;
const switches = switchStore(registry);
const direct = switchStore(new Table(store.direct, registry.name));
let made = 0;

beforeEach(() => proxy.clear());
afterAll(() => store.close());

const commitment = (subject: string, version: number): Commitment => ({
  event: auditEvent({ id: `evt_${store.run}_${++made}`, action: "switch:throw", subject: `switch/${subject}`, version }),
  receipt: null,
});
const turn = (at: number) => ({ by: "chen", at, why: "A test." });

async function thrown(level: SwitchLevel, aim: Partial<Aim>, by = direct): Promise<KillSwitch> {
  const id = `swt_${++made}`;
  const switching = throwSwitch(await by.board(), { id, owner: "wechat", level, aim: aimAt(aim) }, turn(OPENS_AT));
  await by.save(switching, commitment(id, 1));
  return switching.changed;
}
async function lifted(before: KillSwitch, by = direct): Promise<KillSwitch> {
  const switching = liftSwitch(await by.board(), before, turn(OPENS_AT + 1));
  await by.save(switching, commitment(before.id, 2));
  return switching.changed;
}

test("before the first throw the board is empty", async () => {
  expect(await switches.board()).toEqual(EMPTY_BOARD);
  expect(await switches.get("swt_0")).toBeUndefined();
});

test("what is thrown is on the board and on record; lifted it is off the board and on record still", async () => {
  const one = await thrown("season", { host: "wechat", season: "618-2024" });
  const { version, live } = await switches.board();
  expect(live.map(({ id }) => id)).toContain(one.id);
  expect(await switches.get(one.id)).toEqual(one);
  const after = await lifted(one);
  expect((await switches.board()).version).toBe(version + 1);
  expect((await switches.board()).live.map(({ id }) => id)).not.toContain(one.id);
  expect(await switches.get(one.id)).toEqual(after);
  expect(await switches.all()).toContainEqual(after);
  expect((await switches.lifted({ limit: 100, after: null })).switches).toContainEqual(after);
});

test("the board is read consistently, and in one reading", async () => {
  await switches.board();
  expect(proxy.log.map(({ op, body }) => [op, JSON.parse(body).ConsistentRead])).toEqual([["GetItem", true]]);
});

test("of two who turn switches from the same board one is told to read it again, and nothing of its turn is kept", async () => {
  const board = await direct.board();
  const [mine, others] = ["mine", "others"].map((id) =>
    throwSwitch(board, { id: `swt_${id}`, owner: "wechat", level: "host", aim: aimAt({ host: "wechat" }) }, turn(1)),
  ) as [ReturnType<typeof throwSwitch>, ReturnType<typeof throwSwitch>];
  await direct.save(others, commitment("swt_others", 1));
  await expect(direct.save(mine, commitment("swt_mine", 1))).rejects.toMatchObject({ code: "changed-meanwhile" });
  expect(await direct.get("swt_mine")).toBeUndefined();
  await lifted(others.changed);
});

test.each<Act>([...APPLIED])("a throw whose answer is lost under %s has been made once", async (act) => {
  const hasty = switchStore(new Table(store.client({ timeoutMs: patienceWith(act) }), registry.name));
  const { version } = await direct.board();
  proxy.rules([{ op: "TransactWriteItems", act, times: 1 }]);
  const one = await thrown("host", { host: "wechat" }, hasty);
  expect(await direct.board()).toMatchObject({ version: version + 1 });
  expect(await direct.get(one.id)).toEqual(one);
  await lifted(one);
});

describe("from five seconds after a throw was acknowledged no warm instance serves what it stops:", () => {
  const surface = "wechat-moments";
  const HOST = "wechat";
  const parts = { brand: "lanmo", surface };
  const served = { id: "618-2024" };
  const snapshots = snapshotStore(delivery);
  const signer = hmacSigner("k1:0123456789abcdef0123456789abcdef");

  /** The server's clock; each instance's own is ahead or behind by its skew (reliability.md F24). */
  let clock = OPENS_AT + 3_600_000;

  /** A warm instance that has the shipping path from the store to the answer, a clock of its own, and faults of its own. */
  function instance(skew: number, client: ReturnType<typeof store.client>) {
    const now = () => clock + skew;
    const [own, theirs] = [new Table(client, registry.name), new Table(client, delivery.name)];
    const freshSnapshot = freshSnapshots({
      snapshots: snapshotStore(theirs),
      switches: switchStore(own),
      keyMarks: keyMarkStore(own),
      corrections: correctionReader(theirs),
      now,
    });
    const decide = decideCards({
      freshSnapshot,
      pointOf: () => 0,
      eventIds,
      inTime,
      signer,
      decisions: signer,
      publicUrl: "https://gate.test",
      now,
      newSeed: () => [1, 2],
      claims: nothingCapped,
      log: () => undefined,
    });
    return async (): Promise<string> => {
      const request = { surface, slots: 1, viewer: { key: "v", installedApps: ["tmall"] } };
      const { slots } = await decide(request, { sub: "feed", role: "feed", tenant: HOST });
      const [slot] = slots;
      return !slot || "noAd" in slot ? (slot?.noAd ?? "") : slot.placement.card.id;
    };
  }

  const LEVELS: readonly (readonly [level: SwitchLevel, aims: readonly Partial<Aim>[]])[] = [
    ["all", [{}]],
    ["host", [{ host: HOST }]],
    ["surface", [{ host: HOST, surface }]],
    ["season", [{ host: HOST, season: "618-2024" }]],
    ["phase", [{ host: HOST, season: "618-2024", phase: "main" }]],
    ["brand", [{ host: HOST, brand: "lanmo" }]],
    ["campaign", [{ host: HOST, campaign: "cmp_1" }]],
    ["card", [{ host: HOST, card: "crd_1" }]],
    [
      "link-kind",
      [
        { host: HOST, linkKind: "app" },
        { host: HOST, linkKind: "web" },
      ],
    ],
  ];
  const FAULTS: readonly (Act | "none")[] = ["none", "unavailable", "reset", "throttle", "hangBefore", "loseResponse", "stale"];
  /** Readings that fail now and then, and readings that fail for as long as it takes. */
  const WEATHERS = ["showers", "storm"] as const;
  const ROUNDS = THOROUGH ? 5 : 1;

  /** What all say once none of them has missed an answer: a busy machine may keep the store from answering in time. */
  async function allSay(instances: readonly (() => Promise<string>)[]): Promise<ReadonlySet<string>> {
    for (let tries = 1; ; tries++) {
      clock += 2_001;
      const said = new Set(await Promise.all(instances.map((ask) => ask())));
      if (tries >= 10 || !said.has("technical-error")) return said;
    }
  }

  test.each(LEVELS)("at level %s, whatever its readings meet; and once it is lifted it is served again", async (level, aims) => {
    const lineup = {
      attestations: [attestation({ ...parts, expiresAt: CLOSES_AT })],
      grants: [grant(parts)],
      campaigns: [campaign({ ...parts, flight: null })],
      cards: [card(parts)],
    };
    const snapshot = servedSnapshot([serve(season({ ...served, status: "open" }), lineup)], surface);
    await snapshots.publish(snapshot, await snapshots.pointer(surface), clock);
    const random = seeded(618 + level.length);
    const clients = [-250, -100, 0, 100, 250].map((skew) => ({ skew, client: store.client({ maxAttempts: 1, timeoutMs: 1_000 }) }));
    let after = 0;
    for (const weather of Array.from({ length: ROUNDS }, () => WEATHERS).flat()) {
      proxy.clear();
      clock += 60_000;
      const instances = clients.map(({ skew, client }) => instance(skew, client));
      expect(await allSay(instances)).toEqual(new Set(["crd_1"]));
      // A storm begins when all has just been confirmed: so is the longest time served from what is out of date.
      clock += weather === "storm" ? 1 : 1 + Math.floor(random() * 3_000);
      const all: KillSwitch[] = [];
      for (const aim of aims) all.push(await thrown(level, aim));
      const acknowledged = clock;
      const storm = (["unavailable", "reset", "throttle"] as const)[Math.floor(random() * 3)] ?? "reset";

      // Time goes on in uneven steps; the readings of some instances fail, hang, or bring what was there before.
      while (clock < acknowledged + 12_000) {
        clock += 1 + Math.floor(random() * 1_200);
        const act = weather === "storm" ? storm : (FAULTS[Math.floor(random() * FAULTS.length)] ?? "none");
        // No store gives a consistent reading that is stale: of what is not the board, the pointer is the one that lags.
        const match = act === "stale" ? /POINTER/ : /SWITCHES|SNAPSHOT/;
        proxy.rules(act === "none" ? [] : [{ op: "GetItem", match, act, p: weather === "storm" ? 1 : 0.6 }]);
        const asked = clock;
        for (const answer of await Promise.all(instances.map((ask) => ask())))
          if (asked >= acknowledged + 5_000) {
            after++;
            expect({ level, afterMs: asked - acknowledged, act, answer }).toMatchObject({
              answer: expect.stringMatching(/^(?:kill-switch|technical-error)$/),
            });
          }
      }
      proxy.clear();
      expect(await allSay(instances)).toEqual(new Set(["kill-switch"]));
      for (const one of all) await lifted(one);
      expect(await allSay(instances)).toEqual(new Set(["crd_1"]));
    }
    expect(after).toBeGreaterThan(20 * ROUNDS);
  });

  test("an instance that cannot read the board at all serves nothing from five seconds on, and is back when the board is", async () => {
    const ask = instance(0, store.client({ maxAttempts: 1 }));
    expect(await ask()).toBe("crd_1");
    proxy.rules([{ op: "GetItem", match: /SWITCHES/, act: "unavailable" }]);
    clock += 5_000;
    expect(await ask()).toBe("crd_1");
    clock += 1;
    expect(await ask()).toBe("technical-error");
    proxy.clear();
    expect(await ask()).toBe("crd_1");
  });

  test("the board, the marks and the shares are read before the pointer, and all again after two seconds only", async () => {
    const ask = instance(0, store.client());
    const READ = { BOARD: "board", KEYMARKS: "marks", SHARES: "shares", POINTER: "pointer", PART: "part" } as const;
    const reads = () => proxy.log.map(({ body }) => Object.entries(READ).find(([key]) => body.includes(key))?.[1]);
    const first = () => reads().slice(0, 3).sort();
    await ask();
    expect(first()).toEqual(["board", "marks", "shares"]);
    expect(reads().slice(3)).toEqual(["pointer", "part"]);
    proxy.clear();
    clock += 2_000;
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(reads()).toEqual([]);
    clock += 1;
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(first()).toEqual(["board", "marks", "shares"]);
    expect(reads().slice(3)).toEqual(["pointer"]);
  });
});

describe("for a tap", () => {
  const lines: string[] = [];
  const known = (now: () => number) => knownSwitches({ switches, now, log: (_level, event) => void lines.push(event) });

  test("the switches are as they were last known when the store is away, and none when none were ever known", async () => {
    let now = 0;
    const app = await thrown("link-kind", { host: "wechat", linkKind: "app" });
    const [warm, cold] = [known(() => now), known(() => now)];
    expect((await warm()).map(({ id }) => id)).toContain(app.id);
    proxy.rules([{ op: "*", act: "unavailable" }]);
    now += 3_600_000;
    expect((await warm()).map(({ id }) => id)).toContain(app.id);
    expect(await cold()).toEqual([]);
    expect(new Set(lines)).toEqual(new Set(["switches-unread"]));
    proxy.clear();
    await lifted(app);
    expect((await warm()).map(({ id }) => id)).not.toContain(app.id);
    expect((await cold()).map(({ id }) => id)).not.toContain(app.id);
  });

  test("a hundred that come at once share one reading", async () => {
    const ask = known(() => 5);
    await Promise.all(Array.from({ length: 100 }, ask));
    expect(proxy.calls).toEqual({ GetItem: 1 });
  });
});
