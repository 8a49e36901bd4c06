import { describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { writeCsv } from "../../../lib/deps/csv-writer.ts";
import { anyText } from "../domain/any-text.ts";

const BOM = "\ufeff";
/** Strict: every cell is quoted, every line ends with CRLF. */
const read = (csv: string): string[][] => parse(csv, { bom: true, relax_column_count: false, record_delimiter: "\r\n" });
/** What a spreadsheet takes for a formula's beginning. */
const STARTERS = ["=", "+", "-", "@", "\t", "\r"];
const wellFormed = anyText({ maxLength: 20 }).filter((text) => text.isWellFormed());
const dangerous = fc
  .tuple(fc.constantFrom("", " ", "\u200b", "\u00a0", "\t", "\n"), fc.constantFrom(...STARTERS, ..."＝＋－＠﹦﹢﹣﹫⁺⁼₊₌"), wellFormed)
  .map((parts) => parts.join(""));
const rows = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.array(fc.array(fc.oneof(wellFormed, dangerous), { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
  );

test("no cell that is read back begins a formula, also after NFKC", () => {
  fc.assert(
    fc.property(rows, (given) => {
      for (const cell of read(writeCsv(given)).flat())
        for (const spelling of [cell, cell.normalize("NFKC"), cell.normalize("NFKC").trimStart()])
          expect(STARTERS).not.toContain(spelling.charAt(0) || "x");
    }),
    { numRuns: 500 },
  );
});

test("what is read back is what was given, but for the apostrophe before a formula", () => {
  fc.assert(
    fc.property(rows, (given) => {
      const found = read(writeCsv(given));
      expect(found.map((row) => row.length)).toEqual(given.map((row) => row.length));
      found.flat().forEach((cell, index) => {
        const before = given.flat()[index];
        expect([before, `'${before}`]).toContain(cell);
      });
    }),
    { numRuns: 500 },
  );
});

test("is UTF-8 with a byte order mark, CRLF behind every line, and quotes around every cell, empty ones too", () => {
  expect(
    writeCsv([
      ["a", ""],
      ['say "hi"', "x\r\ny,z"],
    ]),
  ).toBe(`${BOM}"a",""\r\n"say ""hi""","x\r\ny,z"\r\n`);
});

describe("a cell is left as it is", () => {
  test.each(["", " ", "a=b", "霁鹭妆匣", "brd_00000000000000000000000001", "2024-06-20T16:00:00.000Z", "'quoted'", "1-2", "−5", "‐", "…"])(
    "%j",
    (cell) => {
      expect(read(writeCsv([[cell, "x"]]))).toEqual([[cell, "x"]]);
    },
  );
});

describe("a cell that a spreadsheet would take for a formula begins with an apostrophe", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\rx", "\nx", " =1", "＝1", "＋1", "－1", "＠x", "﹦1", "⁼1", "\u200b=1", "\u00a0@x"])(
    "%j",
    (cell) => {
      expect(read(writeCsv([["x", cell]]))).toEqual([["x", `'${cell}`]]);
    },
  );
});
