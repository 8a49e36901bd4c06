import { parse } from "csv-parse";
import type { ReadList } from "../app/ports/imports.ts";
import { CSV_COLUMNS, type CsvRow, fromCsv, whitelistRow } from "../contracts/imports.ts";
import { fromOutside } from "../contracts/wire.ts";
import type { ReadRow } from "../domain/import.ts";
import { type Reason, Refusal } from "../domain/refusal.ts";
import type { WhitelistRow } from "../domain/whitelist-row.ts";

export type RowFormat = "csv" | "json";

/** It is no list at all: its header or a row without end. Nothing after it can be read. */
const notAList = (detail: string) => new Refusal("not-a-list", [{ code: "not-a-list", field: "", detail }]);

/** No row is near it. Characters of JSON, bytes of CSV. */
const LONGEST_ROW = 16 * 1024;

const HEADER_WANTED = `The first line has to name the columns ${CSV_COLUMNS.join(",")}, each once, and no others.`;

type Said = ReadRow["said"];

/**
 * The rows of a file, in groups as they come, from text in pieces of any size; the file is never held whole. JSON may be
 * an array or lines. A row that cannot be read is a row all the same, with its fault. @throws Refusal `not-a-list`.
 */
export function readRows(pieces: AsyncIterable<Uint8Array>, format: RowFormat): AsyncGenerator<readonly ReadRow[]> {
  return format === "csv" ? csvRows(pieces) : jsonRows(pieces);
}

/** The rows of a list that is there as a whole. @throws Refusal `not-a-list`, also when it has no row. */
export const readList: ReadList = async ({ type, bytes }) => {
  const rows: ReadRow[] = [];
  for await (const some of readRows(whole(bytes), type === "text/csv" ? "csv" : "json")) rows.push(...some);
  if (rows.length === 0) throw notAList("There is no row in it.");
  return rows;
};

async function* whole(bytes: Uint8Array) {
  yield bytes;
}

async function* csvRows(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly ReadRow[]> {
  let columns: readonly string[] | undefined;
  let count = 0;
  let read: ReadRow[] = [];
  let broken: Refusal | undefined;
  const put = (text: string, said: Said) => read.push({ row: ++count, text, said });

  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n"],
    // A stray quote is part of its cell, and costs its row at most; one that is never closed leaves no rows behind it.
    relax_quotes: true,
    max_record_size: LONGEST_ROW,
    on_record: (record: string[]) => {
      if (!columns) columns = headerOf(record);
      else put(JSON.stringify(record), csvSaid(columns, record));
      // Rows leave by `read`, in order with the unreadable ones; none through the stream.
      return null;
    },
  });
  const threw = (error: unknown) => {
    // A header that is none is found while the parser reads; the rest is the parser's own.
    broken = error instanceof Refusal ? error : notAList(error instanceof Error ? error.message : String(error));
  };
  parser.on("error", threw);
  parser.resume();

  for await (const piece of pieces) {
    await new Promise<void>((resolve) => parser.write(piece, () => resolve())).catch(threw);
    if (broken) throw broken;
    yield read;
    read = [];
  }
  await new Promise<void>((resolve) => {
    parser.once("close", resolve);
    parser.end();
  }).catch(threw);
  if (broken) throw broken;
  if (!columns) throw notAList(HEADER_WANTED);
  yield read;
}

function headerOf(names: readonly string[]): readonly string[] {
  const missing = CSV_COLUMNS.filter((column) => !names.includes(column));
  const unknown = names.filter((name) => !CSV_COLUMNS.some((column) => column === name));
  if (missing.length === 0 && unknown.length === 0 && names.length === CSV_COLUMNS.length) return names;
  throw notAList(HEADER_WANTED);
}

function csvSaid(columns: readonly string[], cells: readonly string[]): Said {
  if (cells.length !== columns.length) return unreadable(`There are ${cells.length} cells, and ${columns.length} columns.`);
  const row: Record<string, string> = {};
  columns.forEach((column, index) => {
    row[column] = cells[index] ?? "";
  });
  return said(fromCsv(row as CsvRow), cells.some(isBroken));
}

async function* jsonRows(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly ReadRow[]> {
  const decoder = new TextDecoder();
  const cutter = objectCutter();
  let count = 0;
  const rowsIn = (text: string) => cutter.cut(text).map((object): ReadRow => ({ row: ++count, text: object, said: jsonSaid(object) }));
  for await (const piece of pieces) yield rowsIn(decoder.decode(piece, { stream: true }));
  // The end of the file ends its last line.
  yield rowsIn(`${decoder.decode()}\n`);
  if (cutter.isInside()) throw notAList("The last object has no end.");
}

function jsonSaid(text: string): Said {
  if (text.length > LONGEST_ROW) return unreadable(`A row has at most ${LONGEST_ROW} characters.`);
  try {
    return said(JSON.parse(text), isBroken(text));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable("An object of JSON was expected.");
    throw error;
  }
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, COMMA, SPACE, BEGIN, END, BOM] = [0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0x20, 0x5b, 0x5d, 0xfeff] as const;
const isBetween = (code: number) => code <= SPACE || code === COMMA || code === BEGIN || code === END || code === BOM;

/**
 * Cuts text that comes in pieces into its outermost objects: those of an array, or of lines. What stands between them and is
 * neither white space nor an array's is cut to the end of its line, to be refused as a row.
 */
function objectCutter() {
  let held = "";
  let at = 0;
  let start = -1;
  let depth = 0;
  let inString = false;
  let escaped = false;

  return { cut, isInside: () => start >= 0 };

  function cut(piece: string): string[] {
    const objects: string[] = [];
    held += piece;
    for (; at < held.length; at++) {
      const code = held.charCodeAt(at);
      if (start < 0) {
        if (isBetween(code)) continue;
        start = at;
        depth = code === OPEN ? 1 : 0;
      } else if (inString) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) inString = false;
      } else if (depth === 0) {
        if (code === 0x0a) cutHere(objects, at);
      } else if (code === QUOTE) inString = true;
      else if (code === OPEN) depth++;
      else if (code === CLOSE && --depth === 0) cutHere(objects, at + 1);
    }
    if (start < 0) [held, at] = ["", 0];
    else [held, at, start] = [held.slice(start), at - start, 0];
    if (held.length > LONGEST_ROW) throw notAList(`An object has no end within ${LONGEST_ROW} characters.`);
    return objects;
  }

  function cutHere(objects: string[], end: number) {
    objects.push(held.slice(start, end));
    start = -1;
  }
}

/** What the decoder puts where bytes are no UTF-8. */
const isBroken = (text: string): boolean => text.includes("\uFFFD");

function said(value: unknown, broken: boolean): Said {
  if (broken) return unreadable("The row is not UTF-8.");
  const found = fromOutside(whitelistRow, value);
  return "faults" in found ? found : (found.value as WhitelistRow);
}

const unreadable = (detail: string): { readonly faults: readonly Reason[] } => ({
  faults: [{ code: "row-unreadable", field: "", detail }],
});
