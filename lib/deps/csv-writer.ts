import { stringify } from "csv-stringify/sync";

/** What a spreadsheet may take for a formula, also behind white space and what cannot be seen, or in another width of letters. */
const FORMULA = /^[\s\p{C}]*[=+\-@]|^[\t\r\n]/u;

/**
 * The one writer of CSV (RFC 4180, reliability.md T13): UTF-8 with a byte order mark, CRLF, every cell quoted. A cell that
 * would be a formula, also after NFKC, begins with an apostrophe instead, which spreadsheets read as "text".
 */
export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => row.map(inert)),
    { bom: true, record_delimiter: "windows", quoted: true, quoted_empty: true, escape_formulas: true },
  );

const inert = (cell: string): string => (FORMULA.test(cell) || FORMULA.test(cell.normalize("NFKC")) ? `'${cell}` : cell);
