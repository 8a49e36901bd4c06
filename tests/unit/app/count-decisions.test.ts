import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { countingBids } from "../../../lib/app/count-bids.ts";
import { decisionCounts } from "../../../lib/app/count-decisions.ts";
import type { Confirmed } from "../../../lib/app/fresh-snapshot.ts";
import type { Decided, DecisionRequest } from "../../../lib/app/ports/decisions.ts";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { UNCORRECTED } from "../../../lib/domain/correction.ts";
import type { CountedHour } from "../../../lib/domain/decision-count.ts";
import type { BidAsk } from "../../../lib/domain/openrtb/ask.ts";
import type { OurResponse } from "../../../lib/domain/openrtb/response.ts";
import { HOUR, OPENING, servedSnapshot } from "../domain/fixtures.ts";

const SURFACE = "wechat-moments";
const CONFIRMED: Confirmed = {
  snapshot: servedSnapshot([]),
  since: 1,
  withheld: [],
  board: { version: 1, live: [] },
  correction: UNCORRECTED,
  confirmedAt: OPENING,
};
const CARD = {} as Decided["slots"][number];
const decided = (decidedAt: number, slots: Decided["slots"], snapshot: number | null = 1): Decided => ({
  ...{ id: "dec", decidedAt, snapshot, switches: snapshot, session: "s1", slots },
});
const asking = (surface = SURFACE): DecisionRequest => ({ surface, slots: 1, viewer: { key: "v", installedApps: [] } as never });

/** An instance whose store keeps rows as DynamoDB would, or fails while `isAway`. */
function instance() {
  const world = { at: OPENING, isAway: false, writes: 0, said: [] as string[] };
  const rows = new Map<string, CountedHour>();
  let nonces = 0;
  const counts = decisionCounts({
    counts: {
      async keep(row) {
        world.writes++;
        if (world.isAway) throw new Unavailable();
        const key = `${row.surface} ${row.hour} ${row.nonce}`;
        if ((rows.get(key)?.decisions ?? 0) < row.decisions) rows.set(key, { ...row, noAds: { ...row.noAds } });
      },
    },
    newNonce: () => String(++nonces),
    now: () => world.at,
    machineNow: () => world.at,
    log: (_level, event) => world.said.push(event),
  });
  const decide = (answer: Decided, surface = SURFACE) => counts.counting(() => answer)(asking(surface));
  /** A decision that finds a reading due. */
  const read = async () => {
    await counts.besideReading(async () => CONFIRMED)(SURFACE);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const total = () => {
    const sum = { decisions: 0, cards: 0, noAds: {} as Record<string, number> };
    for (const { decisions, cards, noAds } of rows.values()) {
      sum.decisions += decisions;
      sum.cards += cards;
      for (const [reason, count] of Object.entries(noAds)) sum.noAds[reason] = (sum.noAds[reason] ?? 0) + count;
    }
    return sum;
  };
  return { world, rows, counts, decide, read, total };
}

describe("what an instance decides", () => {
  test("is written by hour, with slots by what came of them, when a snapshot is read again", async () => {
    const { world, rows, decide, read } = instance();
    decide(decided(OPENING, [CARD, CARD]));
    decide(decided(OPENING + HOUR - 1, [CARD, { noAd: "slots-exceed-brands" }]));
    decide(decided(OPENING + HOUR, [{ noAd: "phase-not-open" }]));
    world.at += HOUR;
    await read();
    expect([...rows.values()]).toEqual([
      expect.objectContaining({ surface: SURFACE, hour: OPENING, decisions: 2, cards: 3, noAds: { "slots-exceed-brands": 1 } }),
      expect.objectContaining({ surface: SURFACE, hour: OPENING + HOUR, decisions: 1, cards: 0, noAds: { "phase-not-open": 1 } }),
    ]);
  });

  test("is not written by a decision that reads nothing, nor within ten seconds of the last time", async () => {
    const { world, counts, decide, read } = instance();
    const served = counts.besideReading(() => CONFIRMED);
    decide(decided(OPENING, [CARD]));
    world.at += 10_001;
    served(SURFACE);
    expect(world.writes).toBe(0);
    await read();
    expect(world.writes).toBe(1);
    decide(decided(OPENING, [CARD]));
    world.at += 10_000;
    await read();
    expect(world.writes).toBe(1);
    world.at += 1;
    await read();
    expect(world.writes).toBe(2);
  });

  test("is written once when nothing more is decided", async () => {
    const { world, decide, read } = instance();
    decide(decided(OPENING, [CARD]));
    for (let n = 0; n < 3; n++) {
      world.at += 10_001;
      await read();
    }
    expect(world.writes).toBe(1);
  });

  test("is answered whatever becomes of the writing, which is told in the log", async () => {
    const { world, decide, read, total } = instance();
    const answer = decided(OPENING, [CARD]);
    expect(decide(answer)).toBe(answer);
    world.isAway = true;
    world.at += 10_001;
    await read();
    expect(world.said).toEqual(["decisions-unwritten"]);
    world.isAway = false;
    world.at += 10_001;
    await read();
    expect(total()).toEqual({ decisions: 1, cards: 1, noAds: {} });
  });

  test("is waited for as it was asked", async () => {
    const { world, counts, read, total } = instance();
    await counts.counting(async () => decided(OPENING, [CARD]))(asking());
    await expect(counts.counting(async () => Promise.reject(new Error("refused")))(asking())).rejects.toThrow("refused");
    world.at += 10_001;
    await read();
    expect(total()).toMatchObject({ decisions: 1 });
  });

  test("of a surface that nothing is known of is not counted: whatever is asked for would be", async () => {
    const { world, decide, read, total } = instance();
    decide(decided(OPENING, [{ noAd: "technical-error" }], null), "made-up");
    decide(decided(OPENING, [CARD]));
    decide(decided(OPENING, [{ noAd: "technical-error" }], null));
    world.at += 10_001;
    await read();
    expect(total()).toEqual({ decisions: 2, cards: 1, noAds: { "technical-error": 1 } });
  });

  test("adds up in the store, whatever was lost on the way and however the clock went", async () => {
    const step = fc.oneof(
      fc.record({
        ms: fc.integer({ min: -HOUR, max: HOUR }),
        slots: fc.array(fc.constantFrom("frequency-cap", "pacing-hold", null), { maxLength: 4 }),
      }),
      fc.record({ isAway: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { world, decide, read, total } = instance();
        const expected = { decisions: 0, cards: 0, noAds: {} as Record<string, number> };
        for (const each of steps) {
          if ("isAway" in each) world.isAway = each.isAway;
          else {
            decide(
              decided(
                world.at,
                each.slots.map((noAd) => (noAd ? { noAd } : CARD)),
              ),
            );
            expected.decisions++;
            for (const noAd of each.slots)
              if (noAd) expected.noAds[noAd] = (expected.noAds[noAd] ?? 0) + 1;
              else expected.cards++;
            world.at += each.ms;
          }
          await read();
        }
        world.isAway = false;
        world.at += HOUR;
        await read();
        expect(total()).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a bid request", () => {
  const bid = { imp: [{ id: "1" }, { id: "2" }, { id: "3" }] } as unknown as BidAsk;
  const call = (body: BidAsk) => ({ params: { surface: SURFACE }, query: {}, body, user: {} as never, requestId: "r" });
  const answer = {
    id: "1",
    seatbid: [{ seat: "brd", bid: [{}] }],
    ext: {
      nobids: [
        { impid: "2", nbr: 500, reason: "season-closed" },
        { impid: "3", nbr: 524, reason: "not-native" },
      ],
    },
  } as unknown as OurResponse;

  test("is a decision for each impression, unless it is a test", async () => {
    const { world, counts, read, total } = instance();
    const counting = countingBids(
      async () => answer,
      counts,
      () => world.at,
    );
    expect(await counting(call(bid))).toBe(answer);
    await counting(call({ ...bid, test: 1 }));
    world.at += 10_001;
    await read();
    expect(total()).toEqual({ decisions: 3, cards: 1, noAds: { "season-closed": 1, "not-native": 1 } });
  });
});
