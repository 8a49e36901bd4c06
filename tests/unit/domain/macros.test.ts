import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { filled, MACROS, macrosOf, NOTHING_TOLD, placesIn, strangeMacrosIn } from "../../../lib/domain/macros.ts";
import { anyText } from "./any-text.ts";

const TOLD = { impression: "imp 1", campaign: "cmp_1", card: "crd_1", season: "618-2024" };

test("every macro is filled with what is known of a tap, times in whole seconds", () => {
  expect(macrosOf({ ...TOLD, click: { id: "clk/1", at: 1_716_206_400_999 } })).toEqual({
    CLICK_ID: "clk/1",
    CLICK_TIME: "1716206400",
    IMPRESSION_ID: "imp 1",
    CAMPAIGN_ID: "cmp_1",
    CARD_ID: "crd_1",
    SEASON_ID: "618-2024",
  });
});

test("what is not known yet is empty", () => {
  expect(macrosOf({ ...TOLD, click: null })).toMatchObject({ CLICK_ID: "", CLICK_TIME: "", IMPRESSION_ID: "imp 1" });
  expect(Object.keys(NOTHING_TOLD)).toEqual([...MACROS]);
  expect(new Set(Object.values(NOTHING_TOLD))).toEqual(new Set([""]));
});

describe("an address", () => {
  test.each([
    ["__CLICK_ID__", "a%2Fb"],
    ["x=__CLICK_ID__&y=__CLICK_ID__", "x=a%2Fb&y=a%2Fb"],
    ["{storeId}/__CLICK_ID__", "42/a%2Fb"],
    ["__CALLBACK__ {other} __click_id__ _CLICK_ID_", "__CALLBACK__ {other} __click_id__ _CLICK_ID_"],
    ["__toString__ {constructor}", "__toString__ {constructor}"],
    ["__CLICK_ID", "__CLICK_ID"],
  ])("%s becomes %s", (address, expected) => {
    expect(filled(address, { CLICK_ID: "a/b", storeId: "42" })).toBe(expected);
  });

  test("is filled in one go: what is put in is not filled in its turn", () => {
    expect(filled("{webUrl}", { webUrl: "__CLICK_ID__{storeId}", CLICK_ID: "x", storeId: "1" })).toBe("__CLICK_ID__%7BstoreId%7D");
  });

  test("keeps its parts, whatever is put into one of them", () => {
    fc.assert(
      fc.property(
        anyText().map((text) => text.toWellFormed()),
        (value) => {
          const url = new URL(filled("https://a.example/p?a=__CLICK_ID__&b=1#c", { CLICK_ID: value }));
          expect([url.origin, url.pathname, url.hash, [...url.searchParams.keys()]]).toEqual(["https://a.example", "/p", "#c", ["a", "b"]]);
          expect(url.searchParams.get("a")).toBe(value);
        },
      ),
    );
  });

  test("tells its places, and those that nobody fills", () => {
    const address = "https://a.example/{storeId}?c=__CLICK_ID__&x=__CALLBACK__";
    expect(placesIn(address)).toEqual(["storeId", "CLICK_ID", "CALLBACK"]);
    expect(strangeMacrosIn(address)).toEqual(["storeId", "CALLBACK"]);
  });
});
