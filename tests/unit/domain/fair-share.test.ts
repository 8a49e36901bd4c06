import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type Books, type Ceilings, fairShare, type Shared, type Sharer } from "../../../lib/domain/fair-share.ts";
import { drawnFrom } from "../../../lib/domain/random.ts";

const MINUTE = 60_000;
const DAY = { opensAt: 0, closesAt: 1_440 * MINUTE };
const NO_CEILINGS: Ceilings = { perDay: null, categories: {} };
const sharer = (brand: string, over: Partial<Sharer> = {}): Sharer => ({
  brand,
  granted: null,
  ring: 10_000,
  categories: ["shoes"],
  ...over,
});

interface Player extends Sharer {
  /** Of viewers, to how many its cards may be shown in that minute, of 1. */
  readonly fits: (minute: number) => number;
  readonly joinsAt?: number;
}

interface Played {
  /** What each brand was shown, minute by minute. */
  readonly shown: readonly ReadonlyMap<string, number>[];
  readonly corrections: readonly (Shared | undefined)[];
}

/** Minutes of viewers, each shown one brand of those that fit, by weight; counts reach the correction `lag` minutes late. */
function play(
  players: readonly Player[],
  {
    minutes,
    perMinute,
    seed,
    lag = 1,
    ceilings = NO_CEILINGS,
  }: { minutes: number; perMinute: (minute: number) => number; seed: number; lag?: number; ceilings?: Ceilings },
): Played {
  const random = drawnFrom([seed, 618]);
  const shown: Map<string, number>[] = [];
  const corrections: (Shared | undefined)[] = [];
  let books: Books | undefined;
  let last: Shared | undefined;
  for (let minute = 0; minute < minutes; minute++) {
    const at = minute * MINUTE;
    const dayStart = Math.floor(minute / 1_440) * 1_440;
    const day = { opensAt: dayStart * MINUTE, closesAt: (dayStart + 1_440) * MINUTE };
    const delivered = new Map<string, number>();
    for (const counted of shown.slice(dayStart, Math.max(dayStart, minute + 1 - lag)))
      for (const [brand, count] of counted) delivered.set(brand, (delivered.get(brand) ?? 0) + count);
    const here = players.filter(({ joinsAt = 0 }) => joinsAt <= minute);
    const found = fairShare(books, { at, day, sharers: here, delivered, ceilings });
    corrections.push(found);
    if (found) [books, last] = [found.books, found];
    const now = new Map<string, number>();
    const weight = (brand: string) => (last?.brands.includes(brand) ? 0 : (last?.weights[brand] ?? 1_000));
    const open = here.filter(({ categories }) => !categories.every((each) => last?.categories.includes(each)));
    for (let viewer = 0; viewer < perMinute(minute); viewer++) {
      const fitting = open.filter(({ fits }) => random() < fits(minute));
      let left = random() * fitting.reduce((sum, { brand }) => sum + weight(brand), 0);
      const drawn = fitting.find(({ brand }) => {
        left -= weight(brand);
        return left < 0;
      });
      if (drawn) now.set(drawn.brand, (now.get(drawn.brand) ?? 0) + 1);
    }
    shown.push(now);
  }
  return { shown, corrections };
}

const sum = (shown: Played["shown"], brand: string, from = 0, until = shown.length): number =>
  shown.slice(from, until).reduce((total, minute) => total + (minute.get(brand) ?? 0), 0);
const all = (shown: Played["shown"], from = 0, until = shown.length): number =>
  shown.slice(from, until).reduce((total, minute) => total + [...minute.values()].reduce((one, other) => one + other, 0), 0);
const shareOf = (shown: Played["shown"], brand: string, from = 0, until = shown.length) =>
  sum(shown, brand, from, until) / all(shown, from, until);
const named = (count: number) => Array.from({ length: count }, (_, n) => `brd_${n}`);
const always = (part: number) => () => part;

describe("fair share", () => {
  test("comes to each brand's target, whatever part of viewers its cards fit, and swings around it no more than chance does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ fits: fc.double({ min: 0.7, max: 1, noNaN: true }), granted: fc.constantFrom(null, null, 800) }), {
          minLength: 5,
          maxLength: 10,
        }),
        fc.integer({ min: 150, max: 500 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        (brands, perMinute, lag, seed) => {
          const players = brands.map(({ fits, granted }, n): Player => ({ ...sharer(`brd_${n}`, { granted }), fits: always(fits) }));
          const open = { ...NO_CEILINGS, perDay: 1_000_000_000 };
          const { shown, corrections } = play(players, {
            minutes: 200,
            perMinute: (minute) => perMinute * (1 + (minute % 60) / 60),
            seed,
            lag,
            ceilings: open,
          });
          const last = corrections.at(-1)?.books.accounts ?? {};
          for (const { brand } of players) {
            const target = last[brand]?.target ?? 0;
            const impressions = all(shown, 80);
            const chance = 4 * Math.sqrt(target / impressions);
            expect(Math.abs(shareOf(shown, brand, 80) - target)).toBeLessThan(0.03 * target + chance);
            const halves = [80, 110, 140, 170].map((from) => shareOf(shown, brand, from, from + 30));
            for (const half of halves) expect(Math.abs(half - target)).toBeLessThan(0.12 * target + 2 * chance);
          }
        },
      ),
      { numRuns: 15, seed: 618 },
    );
  });

  test("gives what a brand cannot use to the others, evenly, and keeps little of it for later", () => {
    const narrow = (minute: number) => (minute < 150 ? 0.02 : 1);
    const players: Player[] = named(5).map((brand) => ({
      ...sharer(brand),
      fits: brand === "brd_0" ? narrow : always(brand === "brd_1" ? 0.6 : 1),
    }));
    const { shown, corrections } = play(players, { minutes: 320, perMinute: always(400), seed: 1 });
    expect(corrections[149]?.books.accounts["brd_0"]).toMatchObject({ isShort: true, state: "sharing" });
    for (const brand of named(5).slice(1)) expect(shareOf(shown, brand, 80, 150)).toBeCloseTo(0.245, 1.5);
    // Nearly every viewer it fits.
    expect(shareOf(shown, "brd_0", 80, 150)).toBeGreaterThan(0.009);
    // Once it fits everybody: never more than four times its target, no more made good than three times twenty minutes of it, and then its target.
    const target = 400 / 5;
    expect(Math.max(...shown.slice(150).map((minute) => minute.get("brd_0") ?? 0))).toBeLessThan(4 * target);
    expect(sum(shown, "brd_0", 150) - 170 * target).toBeLessThan(3 * 20 * target * 1.05);
    expect(shareOf(shown, "brd_0", 260)).toBeCloseTo(0.2, 1.5);
    expect(corrections.at(-1)?.books.accounts["brd_0"]?.isShort).toBe(false);
  });

  test("of a brand that joins late counts from then: it makes nothing good", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(), (count, seed) => {
        const players: Player[] = named(count).map((brand, n) => ({ ...sharer(brand), fits: always(1), joinsAt: n === 0 ? 60 : 0 }));
        const { shown, corrections } = play(players, { minutes: 120, perMinute: always(300), seed });
        expect(corrections[60]?.books.accounts["brd_0"]).toMatchObject({ since: 60 * MINUTE, owed: 0, due: 0 });
        for (const from of [60, 75, 90, 105]) expect(Math.abs(shareOf(shown, "brd_0", from, from + 15) * count - 1)).toBeLessThan(0.25);
      }),
      { numRuns: 10, seed: 618 },
    );
  });

  test("starves nobody: whoever shares weighs at least a quarter of its target, and at most four times as much", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ granted: fc.option(fc.integer({ min: 1, max: 10_000 })), ring: fc.integer({ min: 1, max: 10_000 }) }), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.array(fc.array(fc.nat(100_000), { minLength: 20, maxLength: 20 }), { minLength: 1, maxLength: 30 }),
        (brands, minutes) => {
          const sharers = brands.map((each, n) => sharer(`brd_${n}`, each));
          const delivered = new Map<string, number>();
          let books: Books | undefined;
          minutes.forEach((counts, minute) => {
            sharers.forEach(({ brand }, n) => {
              delivered.set(brand, (delivered.get(brand) ?? 0) + (counts[n] ?? 0));
            });
            const found = fairShare(books, { at: minute * MINUTE, day: DAY, sharers, delivered, ceilings: NO_CEILINGS });
            books = found?.books ?? books;
            for (const { brand } of found ? sharers : []) {
              const { target = Number.NaN } = books?.accounts[brand] ?? {};
              const weight = found?.weights[brand] ?? 1_000;
              expect(target).toBeGreaterThan(0);
              expect(weight).toBeGreaterThanOrEqual(Math.max(1, Math.floor(250 * target * sharers.length)));
              expect(weight).toBeLessThanOrEqual(Math.max(1, Math.ceil(4_000 * target * sharers.length)));
            }
          });
        },
      ),
      { numRuns: 100, seed: 618 },
    );
  });

  test("counts what was due, minutes without, and starvation, of those who share alone", () => {
    const sharers = ["a", "b", "c"].map((brand) => sharer(brand));
    const tick = (books: Books | undefined, minute: number, counts: Record<string, number>, here = sharers) =>
      fairShare(books, { at: minute * MINUTE, day: DAY, sharers: here, delivered: new Map(Object.entries(counts)), ceilings: NO_CEILINGS })
        ?.books;
    const one = tick(undefined, 0, {});
    const two = tick(one, 1, { a: 2, b: 1 });
    // Twelve more, of which four were due to c: with the one before they are five.
    const three = tick(two, 2, { a: 8, b: 7 });
    const four = tick(three, 4, { a: 10, b: 10, c: 1 }, sharers.slice(1));
    const five = tick(four, 5, { a: 11, b: 16, c: 1 });
    expect(three?.accounts["c"]).toMatchObject({ due: 5, delivered: 0, minutes: 2, without: 2, starved: 1 });
    // Two minutes passed, and it was shown.
    expect(four?.accounts["c"]).toMatchObject({ due: 7, delivered: 1, minutes: 4, without: 2, starved: 1, dueSinceShown: 0 });
    expect(four?.accounts["a"]).toMatchObject({ state: "away", delivered: 10, minutes: 4 });
    expect(five?.accounts["a"]).toMatchObject({ state: "sharing", due: 7, delivered: 11, minutes: 4 });
    expect(five?.accounts["c"]).toMatchObject({ due: 10, minutes: 5, without: 3, starved: 2 });
  });

  test("has nothing to correct while nothing is shown and nobody comes or goes", () => {
    const sharers = [sharer("a"), sharer("b")];
    const tick = (books: Books | undefined, minute: number, here: readonly Sharer[], day = DAY) =>
      fairShare(books, { at: minute * MINUTE, day, sharers: here, delivered: new Map(), ceilings: NO_CEILINGS });
    const books = tick(undefined, 0, sharers)?.books;
    expect(tick(books, 1, sharers)).toBeUndefined();
    expect(tick(books, 1, [...sharers, sharer("c")])?.weights).toEqual({});
    expect(tick(books, 1, [sharer("a")])?.books.accounts["b"]?.state).toBe("away");
    expect(tick(books, 1_440, sharers, { opensAt: DAY.closesAt, closesAt: 2 * DAY.closesAt })?.books.day).toBe(DAY.closesAt);
  });
});

describe("a ceiling", () => {
  test("of a brand holds it from when it is reached until the day is over, also where that leaves slots empty", () => {
    const players: Player[] = [{ ...sharer("a", { granted: 1_000 }), fits: always(1) }];
    const ceilings = { perDay: 10_000, categories: {} };
    const { shown, corrections } = play(players, { minutes: 1_445, perMinute: always(100), seed: 1, ceilings });
    const ofDay = sum(shown, "a", 0, 1_440);
    expect(ofDay).toBeGreaterThanOrEqual(1_000);
    // By what is shown until the counting shows that it is reached, and no more.
    expect(ofDay).toBeLessThanOrEqual(1_000 + 100);
    expect(corrections.slice(15, 1_440).some((found) => found && !found.brands.includes("a"))).toBe(false);
    expect(sum(shown, "a", 1_440)).toBe(500);
  });

  test("of a share holds a brand no longer than until others have caught up, where the day has no limit", () => {
    const players: Player[] = ["a", "b", "c"].map((brand) => ({
      ...sharer(brand, { granted: brand === "a" ? 2_000 : null }),
      fits: always(brand === "a" ? 1 : 0.7),
    }));
    const { shown, corrections } = play(players, { minutes: 300, perMinute: always(200), seed: 5 });
    expect(shareOf(shown, "a")).toBeLessThanOrEqual(0.2 + 1 / 300);
    expect(shareOf(shown, "a")).toBeGreaterThan(0.18);
    expect(corrections.some((found) => found?.brands.includes("a"))).toBe(true);
  });

  test("of a category holds all who sell it together, and a brand only when it sells nothing else", () => {
    const sold: Record<string, readonly string[]> = { a: ["shoes"], b: ["shoes", "phones"], c: ["phones"] };
    const sharers = Object.entries(sold).map(([brand, categories]) => sharer(brand, { categories }));
    const hold = (delivered: Record<string, number>, here = sharers, books?: Books) => {
      const ceilings = { perDay: 1_000, categories: { shoes: 4_000 } };
      const found = fairShare(books, { at: MINUTE, day: DAY, sharers: here, delivered: new Map(Object.entries(delivered)), ceilings });
      return { brands: found?.brands, categories: found?.categories };
    };
    expect(hold({ a: 200, b: 199, c: 300 })).toEqual({ brands: [], categories: [] });
    expect(hold({ a: 200, b: 200, c: 300 })).toEqual({ brands: ["a"], categories: ["shoes"] });
    // Also what those have had who are no longer there.
    const books = fairShare(undefined, { at: 0, day: DAY, sharers, delivered: new Map(), ceilings: NO_CEILINGS })?.books;
    expect(hold({ a: 400 }, sharers.slice(1), books)).toEqual({ brands: [], categories: ["shoes"] });
    expect(hold({ a: 200, b: 199, c: 601 })).toEqual({ brands: ["a", "b", "c"], categories: [] });
  });

  test("that is raised or lifted lets go of what it held, although nothing was shown meanwhile", () => {
    const sharers = [sharer("a"), sharer("b")];
    const delivered = new Map([
      ["a", 60],
      ["b", 60],
    ]);
    const at = (minute: number, perDay: number | null, before?: Books) =>
      fairShare(before, { at: minute * MINUTE, day: DAY, sharers, delivered, ceilings: { perDay, categories: {} } });
    const begun = fairShare(undefined, { at: 0, day: DAY, sharers, delivered: new Map(), ceilings: NO_CEILINGS });
    const held = at(1, 100, begun?.books);
    expect(held?.brands).toEqual(["a", "b"]);
    expect(at(2, 100, held?.books)?.brands).toEqual(["a", "b"]);
    expect(at(2, 1_000, held?.books)?.brands).toEqual([]);
    expect(at(2, null, held?.books)?.brands).toEqual([]);
    expect(at(2, null, begun?.books)?.brands).toEqual([]);
  });
});
