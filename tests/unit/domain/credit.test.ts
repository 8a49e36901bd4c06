import { describe, expect, test } from "@jest/globals";
import { type CreditForm, creditable, giveCredit } from "../../../lib/domain/credit.ts";
import type { Counters, Tally } from "../../../lib/domain/tally.ts";
import { campaign, PARTIES, refusalOf } from "./fixtures.ts";

const form = (over: Partial<CreditForm> = {}): CreditForm => ({
  ...{ campaign: "cmp_1", card: null, day: "2024-05-20", kind: "impression", count: 1, reason: "A machine." },
  ...over,
});
const tally = (counters: Counters, over: Partial<Tally> = {}): Tally => ({
  ...{ surface: "m", season: "s", brand: "brd_1", campaign: "cmp_1", card: "crd_1", phase: "p", hour: "2024-05-20T12" },
  ...over,
  counters,
});

describe("what can be given back", () => {
  const tallies = [
    tally({ impressions: 5, clicks: 2, "late-impressions": 9, "invalid-impressions:bot": 9 }),
    tally({ impressions: 3 }, { card: "crd_2" }),
    tally({ impressions: 50 }, { campaign: "cmp_2" }),
  ];

  test("is what was counted as valid, of the campaign and of the card that is named", () => {
    expect(creditable(form(), tallies)).toEqual({ campaign: 8, card: null });
    expect(creditable(form({ card: "crd_2" }), tallies)).toEqual({ campaign: 8, card: 3 });
    expect(creditable(form({ kind: "click" }), tallies)).toEqual({ campaign: 2, card: null });
    expect(creditable(form({ card: "none" }), [])).toEqual({ campaign: 0, card: 0 });
  });

  test("is no more than that", () => {
    const act = { id: "crt_1", by: "rob", at: 7 };
    const give = (count: number, card: number | null = null) =>
      giveCredit(form({ count, card: card === null ? null : "crd_1" }), campaign(), { campaign: 8, card }, act);
    expect(give(8)).toEqual({
      ...form({ count: 8 }),
      ...PARTIES,
      ...{ id: "crt_1", season: "618-2024", surface: "wechat-moments", givenBy: "rob", givenAt: 7, version: 1 },
    });
    expect(refusalOf(() => give(9))).toMatchObject({ code: "credit-too-large", reasons: [{ field: "/count" }] });
    expect(refusalOf(() => give(4, 3)).code).toBe("credit-too-large");
    expect(give(3, 3).count).toBe(3);
  });
});
