import { describe, expect, test } from "@jest/globals";
import { watchLinks } from "../../../lib/app/watch-links.ts";
import { failingLinks } from "../../../lib/domain/link-alert.ts";
import type { Tally } from "../../../lib/domain/tally.ts";
import { HOUR, OPENING, phase, season } from "./fixtures.ts";

const hourAt = (at: number) => new Date(at).toISOString().slice(0, 13);
const NOW = OPENING + 30 * HOUR + HOUR / 2;
/** So many taps of an hour before now that opened the app, and so many that did not. */
const landed = (hoursAgo: number, opened: number, not: number, { link = "app", os = "ios", brand = "mei" } = {}): Tally => ({
  ...{
    surface: "wechat-moments",
    season: "618-2024",
    brand,
    campaign: "cmp",
    card: "crd",
    phase: "p",
    hour: hourAt(NOW - hoursAgo * HOUR),
  },
  counters: {
    [`landings:opened-app:${link}:${os}:8.0.50`]: opened,
    [`landings:fell-to-web:${link}:${os}:8.0.50`]: Math.floor(not / 2),
    [`landings:lost:${link}:${os}:8.0.49`]: Math.ceil(not / 2),
  },
});

describe("a link is said to fail", () => {
  test("when it opens the app for a smaller share than in the day before", () => {
    expect(failingLinks([landed(20, 160, 40), landed(2, 160, 40), landed(1, 30, 30), landed(0, 20, 40)], NOW)).toEqual([
      { link: "app", os: "ios", told: 120, opened: 50 / 120, openedBefore: 0.8 },
    ]);
  });

  test("from seven tenths of what it was downwards, and not before", () => {
    const before = landed(5, 1_000, 0);
    expect(failingLinks([before, landed(0, 70, 30)], NOW)).toEqual([]);
    expect(failingLinks([before, landed(0, 69, 31)], NOW)).toHaveLength(1);
  });

  test("by enough taps in either time", () => {
    expect(failingLinks([landed(5, 100, 0), landed(0, 0, 99)], NOW)).toEqual([]);
    expect(failingLinks([landed(5, 99, 0), landed(0, 0, 100)], NOW)).toEqual([]);
    expect(failingLinks([landed(5, 100, 0), landed(0, 0, 100)], NOW)).toHaveLength(1);
    expect(failingLinks([landed(0, 0, 100)], NOW)).toEqual([]);
  });

  test("by the day before, and nothing earlier", () => {
    expect(failingLinks([landed(26, 100, 0), landed(0, 0, 100)], NOW)).toEqual([]);
    expect(failingLinks([landed(25, 100, 0), landed(0, 0, 100)], NOW)).toHaveLength(1);
  });

  test("under the system where it does, over all brands; one that never opened the app cannot fail", () => {
    const tallies = [
      ...[landed(5, 60, 0), landed(5, 60, 0, { brand: "lan" }), landed(0, 0, 60), landed(0, 0, 60, { brand: "lan" })],
      ...[landed(5, 200, 0, { os: "android" }), landed(0, 200, 0, { os: "android" })],
      ...[landed(5, 0, 200, { link: "web" }), landed(0, 0, 200, { link: "web" })],
    ];
    expect(failingLinks(tallies, NOW).map(({ link, os }) => [link, os])).toEqual([["app", "ios"]]);
  });
});

describe("who watches", () => {
  const on = season({ phases: [phase("p", OPENING, OPENING + 90 * HOUR)], instants: { clickGraceEnds: OPENING + 99 * HOUR } });
  const tallies = [landed(5, 100, 0), landed(0, 0, 100)];
  const watching = (seasons: readonly (typeof on)[], ofDay: (season: string) => Promise<readonly Tally[]>, at = NOW) => {
    const said: object[] = [];
    const watch = watchLinks({
      tallies: { ofDay: (_surface, of, day) => ofDay(of).then((all) => all.filter(({ hour }) => hour.startsWith(day))) },
      seasons: { roll: async () => ({ seasons, unreadable: [] }) },
      now: () => at,
      log: (level, event, fields) => said.push({ level, event, ...fields }),
    });
    return { watch, said };
  };

  test("says so in the log, by season, surface, link and system", async () => {
    const { watch, said } = watching([on], async () => tallies);
    await watch();
    expect(said).toEqual([
      {
        ...{ level: "error", event: "link-failing", season: "618-2024", surface: "wechat-moments" },
        ...{ link: "app", os: "ios", told: 100, opened: 0, openedBefore: 1 },
      },
    ]);
  });

  test("looks at seasons that are on alone", async () => {
    const { watch, said } = watching([season({ phases: [phase("p", NOW + 1, NOW + HOUR)] })], async () => tallies);
    await watch();
    expect(said).toEqual([]);
  });

  test("is not kept from one season by another that cannot be read, and fails for it in the end", async () => {
    const { watch, said } = watching([on, { ...on, id: "other" }], async (of) => {
      if (of !== "other") throw new Error("away");
      return tallies;
    });
    await expect(watch()).rejects.toThrow("away");
    expect(said).toMatchObject([
      { event: "links-unwatched", season: "618-2024" },
      { event: "link-failing", season: "other" },
    ]);
  });
});
