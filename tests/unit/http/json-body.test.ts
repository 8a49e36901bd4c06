import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { RequestFault } from "../../../lib/http/faults.ts";
import { jsonBody } from "../../../lib/http/json-body.ts";
import { anyText } from "../domain/any-text.ts";

/** Why the body is refused. */
function faultOf(body: string): string {
  try {
    jsonBody(body);
  } catch (error) {
    if (error instanceof RequestFault) return error.code;
    throw error;
  }
  throw new Error("the body was taken");
}
const KIB_64 = 65_536;
const nested = (depth: number, open = "[", close = "]") => open.repeat(depth) + close.repeat(depth);

test("a JSON value is taken as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" }), (value) => {
      const body = JSON.stringify(value);
      expect(jsonBody(body)).toEqual(JSON.parse(body));
    }),
  );
});

describe("size, in bytes", () => {
  test("64 KiB are taken and one more is not", () => {
    expect(jsonBody(`"${"a".repeat(KIB_64 - 2)}"`)).toHaveLength(KIB_64 - 2);
    expect(faultOf(`"${"a".repeat(KIB_64 - 1)}"`)).toBe("body-too-large");
  });

  test("a Chinese character is three bytes", () => {
    expect(jsonBody(`"${"中".repeat(21_844)}"`)).toHaveLength(21_844);
    expect(faultOf(`"${"中".repeat(21_845)}"`)).toBe("body-too-large");
  });

  test("it is judged before anything else", () => {
    expect(faultOf(nested(1_000_000))).toBe("body-too-large");
  });
});

describe("depth", () => {
  test.each([
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("eight %s are taken and nine are not", (_name, open, close) => {
    const body = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(jsonBody(body(8))).toBeDefined();
    expect(faultOf(body(9))).toBe("body-too-deep");
  });

  test("it is the deepest place that counts, not the number of brackets", () => {
    expect(jsonBody(`[${"[],{},".repeat(1_000)}1]`)).toHaveLength(2_001);
  });

  test.each([
    ["open brackets in a string", JSON.stringify({ a: "[".repeat(100) })],
    ["open braces in a key", JSON.stringify({ ["{".repeat(100)]: 1 })],
    ["brackets behind an escaped quote", JSON.stringify({ a: `"${"[".repeat(100)}` })],
    ["brackets behind a backslash at a string's end", `["\\\\",${nested(7)}]`],
    ["closing brackets in a string", `["${"]".repeat(100)}",${nested(7)}]`],
  ])("%s do not count", (_name, body) => {
    expect(jsonBody(body)).toEqual(JSON.parse(body));
  });

  test.each([
    ["behind a string of closing brackets", `["${"]".repeat(100)}",${nested(8)}]`],
    ["behind a string that ends in a backslash", `["\\\\",${nested(8)}]`],
    ["behind an escaped quote", `["\\"",${nested(8)}]`],
  ])("nine levels %s are nine", (_name, body) => {
    expect(faultOf(body)).toBe("body-too-deep");
  });

  test("a hundred thousand levels are refused, not followed", () => {
    expect(faultOf(nested(32_000))).toBe("body-too-deep");
    expect(faultOf("[".repeat(65_000))).toBe("body-too-deep");
    expect(faultOf('{"a":'.repeat(13_000))).toBe("body-too-deep");
  });

  test("more closing than opening brackets are no JSON", () => {
    expect(faultOf(`${"]".repeat(100)}${"[".repeat(100)}`)).toBe("not-json");
  });
});

describe("what is no JSON is said to be none, and the search for its depth ends", () => {
  test.each([
    ["nothing", ""],
    ["white space", " \n"],
    ["a word", "undefined"],
    ["NaN", "NaN"],
    ["two values", "1 2"],
    ["a comma too many", "[1,]"],
    ["a string that never ends", '"abc'],
    ["a string that ends in its escape", '"abc\\'],
    ["a lone backslash", "\\"],
    ["30,000 quotes", '"'.repeat(30_001)],
    ["30,000 strings that never end", '"\\'.repeat(30_000)],
    ["30,000 backslashes in a string that never ends", `"${"\\".repeat(60_000)}`],
    ["a comment", "/* */ 1"],
    ["a byte order mark", "\uFEFF1"],
  ])("%s", (_name, body) => {
    expect(faultOf(body)).toBe("not-json");
  });

  test("no text is answered with anything but a value or a fault", () => {
    const texts = fc.oneof(
      anyText(),
      fc.array(fc.constantFrom("[", "]", "{", "}", '"', "\\", ",", ":", "1", "a", "\ud800")).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(texts, (body) => {
        try {
          jsonBody(body);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestFault);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("lone surrogates", () => {
  test.each([
    ["a value", '"\\ud800"'],
    ["a value, unescaped", '"\ud800"'],
    ["a low one", '"\\udc00"'],
    ["a key", '{"\\ud800":1}'],
    ["a value inside", '[{"a":["x\\udfff"]}]'],
    ["a key inside", '[{"a":{"\\udbff":1}}]'],
    ["a pair in the wrong order", '"\\udc00\\ud800"'],
  ])("are refused in %s", (_name, body) => {
    expect(faultOf(body)).toBe("broken-text");
  });

  test.each([
    ["a pair", '"\\ud83d\\ude00"', "😀"],
    ["the text of an escape", '"\\\\ud800"', "\\ud800"],
    ["the text of an escape as a key", '{"\\\\ud800":1}', { "\\ud800": 1 }],
  ])("%s is none", (_name, body, value) => {
    expect(jsonBody(body)).toEqual(value);
  });
});

test("a key named __proto__ is a key, and changes no prototype", () => {
  const value = jsonBody('{"__proto__":{"role":"operator"}}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(({} as Record<string, unknown>)["role"]).toBeUndefined();
});
