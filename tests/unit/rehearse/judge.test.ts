import { describe, expect, test } from "@jest/globals";
import { judge, type Slot } from "../../../scripts/rehearse/judge.ts";
import { type BrandRecord, type Ledger, ledger } from "../../../scripts/rehearse/ledger.ts";
import { findings, PROMISE_NAMES } from "../../../scripts/rehearse/promises.ts";
import type { Timetable } from "../../../scripts/rehearse/timetable.ts";

const OPENS = Date.parse("2024-05-20T12:00:00Z");
const CLOSES = OPENS + 86_400_000;
const names = { zh: "节", en: "Festival" };
const times: Timetable = {
  id: "festival",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names,
  phases: [{ id: "main", names, opensAt: OPENS, closesAt: CLOSES }],
  instants: {
    applicationsClose: OPENS,
    whitelistFreeze: OPENS,
    opens: OPENS,
    finalPhase: OPENS,
    closes: CLOSES,
    clickGraceEnds: CLOSES,
    reportFinal: CLOSES,
  },
  admissions: [],
  rings: [],
  startsAt: OPENS - 1_000,
  endsAt: CLOSES + 1_000,
  body: {},
};

const key = () => ({ expiresAt: CLOSES, turns: [{ at: OPENS - 60_000, current: true }] });
const brand = (): BrandRecord => ({
  id: "brd_1",
  surface: "moments",
  application: { id: "app_1", state: "approved" },
  attestations: [key()],
  grants: [{ ...key(), id: "grt_1", phases: ["main"], templates: ["310"] }],
  cards: [{ id: "crd_1", template: "310", destination: "1", flight: null, approvedAt: OPENS - 60_000 }],
});

const CARD: Slot = {
  card: { id: "crd_1", campaign: "cmp_1", template: "310" },
  brand: "brd_1",
  season: "festival",
  phase: "main",
  impressionUrl: "",
  clickUrl: "",
  expiresAt: "",
};
const noAd = (code: number): Slot => ({ noAd: { code, reason: "a-reason" } });

/** The promises that an answer breaks, when this is known. */
function broken(
  at: number,
  slots: readonly Slot[],
  known: (book: Ledger, brand: BrandRecord) => void = () => {},
  over: Partial<Timetable> = {},
): readonly string[] {
  const [book, found, one] = [ledger(), findings(), brand()];
  book.brands.set(one.id, one);
  known(book, one);
  judge({ ...times, ...over }, book, found)({ at, requestId: "req", surface: "moments", slots });
  return PROMISE_NAMES.filter((name) => found.broken[name] > 0);
}

describe("an answer is judged by the timetable and by what was acknowledged", () => {
  test.each([
    ["the last instant before the guard band ends", OPENS + 249, [CARD], ["window", "reasons"]],
    ["the first inside", OPENS + 250, [CARD], []],
    ["the last inside", CLOSES - 251, [CARD], []],
    ["the first of the guard band at the end, when the keys have ended too", CLOSES - 250, [CARD], ["window", "removal", "reasons"]],
    ["no card though there is one", OPENS + 60_000, [noAd(505)], ["served"]],
    ["closed inside a window", OPENS + 60_000, [CARD, noAd(500)], ["reasons"]],
    ["before it all", OPENS - 1, [noAd(501)], []],
    ["before it all, as if it were over", OPENS - 1, [noAd(500)], ["reasons"]],
    ["after it all", CLOSES, [noAd(500)], []],
    ["a brand twice", OPENS + 60_000, [CARD, CARD], ["keys"]],
  ])("%s", (_name, at, slots, expected) => {
    expect(broken(at, slots)).toEqual(expected);
  });

  const at = OPENS + 60_000;
  const off =
    (since: number) =>
    (_: Ledger, { grants: [grant] }: BrandRecord) => {
      grant?.turns.push({ at: at - since, current: false });
    };

  test("a card five seconds after its key was turned off may be of an instance that has not heard, and a millisecond later not", () => {
    expect(broken(at, [CARD], off(4_999))).toEqual([]);
    expect(broken(at, [CARD], off(5_001))).toEqual(["removal"]);
  });

  test("and then nobody misses it", () => {
    expect(broken(at, [noAd(503)], off(1))).toEqual([]);
  });

  test("a kill switch stops a card within five seconds, until it is lifted", () => {
    const thrown = (since: number, liftedAt: number | null) => (book: Ledger) => {
      book.switches.set("swt_1", { season: "festival", thrownAt: at - since, liftedAt });
    };
    expect(broken(at, [CARD], thrown(5_000, null))).toEqual([]);
    expect(broken(at, [CARD], thrown(5_001, null))).toEqual(["removal"]);
    expect(broken(at, [CARD], thrown(60_000, at))).toEqual([]);
    expect(broken(at, [noAd(507)], thrown(60_000, null))).toEqual([]);
    expect(broken(at, [noAd(507)], thrown(60_000, at - 5_001))).toEqual(["served"]);
  });

  test("a trial shows nobody a card before its first step, and not everybody before its last", () => {
    const limits = { complaints: null, failingLinks: null, latencyMs: null };
    const ring = {
      brand: null,
      limits,
      steps: [
        { from: at, share: 100 },
        { from: at + 1_000, share: 10_000 },
      ],
    };
    const under = (instant: number, slot: Slot) => broken(instant, [slot], undefined, { rings: [ring] });
    expect(under(at - 1, CARD)).toEqual(["keys"]);
    expect(under(at - 1, noAd(506))).toEqual([]);
    expect([under(at, CARD), under(at, noAd(506))]).toEqual([[], []]);
    expect(under(at + 1_000, noAd(506))).toEqual(["served"]);
  });

  test("a brand that never had the keys, or a card that nobody approved", () => {
    expect(broken(at, [CARD], (_, one) => one.grants.pop())).toEqual(["keys"]);
    expect(broken(at, [CARD], (_, { cards: [card] }) => Object.assign(card ?? {}, { approvedAt: null }))).toEqual(["keys"]);
    expect(broken(at, [CARD], (book) => book.brands.clear())).toEqual(["keys"]);
  });
});
