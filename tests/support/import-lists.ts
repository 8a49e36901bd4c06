import { CSV_COLUMNS } from "../../lib/contracts/imports.ts";
import { brandNumber } from "./whitelist-rows.ts";

/** A row of a list that a whole season takes, of the n-th brand. */
export const listRow = (n: number, changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  brand: brandNumber(n),
  nameZh: `霁鹭${n}`,
  nameEn: `Powder Box ${n}`,
  storeId: `99${n}`,
  storeType: "flagship",
  marketplace: "tmall",
  phases: "wave-1|wave-2",
  templates: "310",
  attestedUntil: "2024-07-01T00:00:00+08:00",
  dailyShare: "",
  ...changes,
});

/** So many rows from the n-th brand on. */
export const listRows = (from: number, count: number) => Array.from({ length: count }, (_, index) => listRow(from + index));

export const csvOf = (rows: readonly Readonly<Record<string, string>>[]): string =>
  [CSV_COLUMNS.join(","), ...rows.map((row) => CSV_COLUMNS.map((column) => `"${row[column]}"`).join(","))].join("\n");

/** The same rows as JSON has them. */
export const jsonOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map((row) => ({
    brand: row["brand"],
    names: { zh: row["nameZh"], en: row["nameEn"] },
    store: { id: row["storeId"], type: row["storeType"] },
    marketplace: row["marketplace"],
    phases: row["phases"]?.split("|"),
    templates: row["templates"]?.split("|"),
    attestedUntil: row["attestedUntil"],
    dailyShare: row["dailyShare"] === "" ? null : Number(row["dailyShare"]),
  }));
