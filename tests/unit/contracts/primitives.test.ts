import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import * as z from "zod";
import { day, digits, fen, id, instant, list, names, slug, text } from "../../../lib/contracts/primitives.ts";
import { fromOutside, fromWire, toWire } from "../../../lib/contracts/wire.ts";

const fits = (schema: z.ZodType, value: unknown) => "value" in fromOutside(schema, value);
const read = (schema: z.ZodType, value: unknown) => {
  const found = fromOutside(schema, value);
  return "value" in found ? found.value : found.faults.map(({ code }) => code);
};

describe("an instant", () => {
  test.each([
    ["2024-05-20T20:00:00+08:00", Date.UTC(2024, 4, 20, 12)],
    ["2024-05-20T12:00:00Z", Date.UTC(2024, 4, 20, 12)],
    ["2024-05-20T12:00:00.999Z", Date.UTC(2024, 4, 20, 12) + 999],
    ["2024-05-20T12:00:00.9999Z", Date.UTC(2024, 4, 20, 12) + 999],
    ["2024-02-29T00:00:00-12:00", Date.UTC(2024, 1, 29, 12)],
  ])("%s is %i", (wire, ms) => {
    expect(read(instant, wire)).toBe(ms);
  });

  test.each([
    ["without an offset, which no two zones agree on", "2024-05-20T20:00:00"],
    ["without seconds", "2024-05-20T20:00+08:00"],
    ["of a day alone", "2024-05-20"],
    ["of a day that never was", "2024-02-30T00:00:00Z"],
    ["of a leap day in a common year", "2023-02-29T00:00:00Z"],
    ["of a leap second", "2024-06-30T23:59:60Z"],
    ["of hour 24", "2024-06-30T24:00:00Z"],
    ["with an offset of its own invention", "2024-06-30T00:00:00+99:00"],
    ["in milliseconds", 1_716_206_400_000],
    ["as a Date", new Date(0)],
    ["with white space", " 2024-05-20T20:00:00Z"],
    ["in full-width digits", "２０２４-05-20T20:00:00Z"],
  ])("is refused %s", (_name, wire) => {
    expect(fits(instant, wire)).toBe(false);
  });

  test.each([
    ["earlier than the first year in UTC", "0000-01-01T00:00:00+08:00"],
    ["later than the last year in UTC", "9999-12-31T23:59:59-08:00"],
  ])("that could not be written out again is refused: %s", (_name, wire) => {
    const found = fromOutside(instant, wire);
    if ("value" in found) expect(() => toWire(instant, found.value as number)).not.toThrow();
  });

  test("goes out in UTC and comes back the same", () => {
    const ms = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(ms, (given) => {
        const wire = toWire(instant, given);
        expect(wire).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(fromWire(instant, wire)).toBe(given);
      }),
    );
  });
});

describe("a text", () => {
  test.each([
    ["tidied", "  天猫 \u3000618 ", "天猫 618"],
    ["composed", "Cafe\u0301", "Café"],
  ])("is kept %s", (_name, given, kept) => {
    expect(read(text(20), given)).toBe(kept);
  });

  test.each([
    ["with a character too many", "1234567", ["too-big"]],
    ["of white space alone", " \u3000", ["too-small"]],
    ["of nothing", "", ["too-small"]],
    ["with a zero-width character", "a\u200Bb", ["custom"]],
    ["with a new line", "a\nb", ["custom"]],
    ["that is a number", 1, ["invalid-type"]],
    ["that cannot be seen at all", "\u3164", ["custom"]],
  ])("is refused %s", (_name, given, codes) => {
    expect(read(text(6), given)).toEqual(codes);
  });

  test("may be as long as its limit", () => {
    expect(read(text(6), "天猫618号")).toBe("天猫618号");
  });
});

test.each([
  [
    slug,
    ["a", "618-2024", "wechat-moments", "a".repeat(64)],
    ["", "-a", "a-", "A", "a_b", "a b", "a\n", "中", "a".repeat(65), "__proto__"],
  ],
  [digits, ["1", "990000000001", "9".repeat(20)], ["", "0", "01", "-1", "1.0", "1e3", "１", "1\n", "9".repeat(21)]],
  [
    id("app"),
    ["app_01ARZ3NDEKTSV4RRFFQ69G5FAV"],
    [
      "app_",
      "crd_01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "app_01ARZ3NDEKTSV4RRFFQ69G5FA",
      "app_01ARZ3NDEKTSV4RRFFQ69G5FAVV",
      "app_01arz3ndektsv4rrffq69g5fav",
      "app_I1ARZ3NDEKTSV4RRFFQ69G5FAV",
      "app_01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
    ],
  ],
  [fen, [0, 1, 10_000_000_000], [-1, 0.5, 10_000_000_001, Number.NaN, Number.POSITIVE_INFINITY, "1", 2 ** 53]],
  [day, ["2024-02-29"], ["2024-2-29", "2023-02-29", "2024-05-20T00:00:00Z", "20240520", ""]],
  [list(slug, 2, 1), [["a"], ["a", "b"]], [[], ["a", "b", "c"], "a", [1]]],
  [names, [{ zh: "霁鹭妆匣", en: "Jilu" }], [{ zh: "霁鹭妆匣" }, { zh: "", en: "x" }, { zh: "a", en: "b", ja: "c" }, null]],
] as const)("schema %#: what fits does, and what does not is refused", (schema, good, bad) => {
  for (const value of good) expect({ value, fits: fits(schema, value) }).toEqual({ value, fits: true });
  for (const value of bad) expect({ value, fits: fits(schema, value) }).toEqual({ value, fits: false });
});

describe("faults from outside", () => {
  test("have a code, a JSON pointer and words", () => {
    const schema = z.strictObject({ "a/b": z.array(z.strictObject({ "c~d": z.int() })) });
    const found = fromOutside(schema, { "a/b": [{ "c~d": 1 }, { "c~d": "x" }] });
    expect(found).toEqual({ faults: [{ code: "invalid-type", field: "/a~1b/1/c~0d", detail: expect.any(String) }] });
  });

  test("are told fifty at once and no more", () => {
    const found = fromOutside(z.array(z.int()), Array(51).fill("x"));
    expect("faults" in found && found.faults).toHaveLength(50);
  });
});

test("what goes out has nothing its schema does not name, and what does not fit does not go", () => {
  const schema = z.object({ at: instant });
  expect(toWire(schema, { at: 0, secret: 1 } as { at: number })).toEqual({ at: "1970-01-01T00:00:00.000Z" });
  expect(() => toWire(schema, { at: Number.NaN })).toThrow();
  expect(() => fromWire(schema, { at: "yesterday" })).toThrow();
});
