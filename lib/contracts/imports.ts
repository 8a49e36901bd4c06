import * as z from "zod";
import { digits, id, instant, list, names, slug } from "./primitives.ts";
import { parties } from "./review.ts";

const distinct = (max: number) => list(slug, max, 1).refine((values) => new Set(values).size === values.length, "Name each one once.");

/** A row of the list, as JSON has it; CSV has the same under {@link CSV_COLUMNS}. */
export const whitelistRow = z.strictObject({
  brand: id("brd"),
  names,
  store: z.strictObject({ id: digits, type: slug }).readonly(),
  marketplace: slug,
  phases: distinct(20),
  templates: distinct(20),
  attestedUntil: instant,
  dailyShare: z.int().min(1).max(10_000).nullable().default(null),
});

/** The columns of a CSV list, in any order; a list in one cell is parted by `|`. */
export const CSV_COLUMNS = [
  "brand",
  "nameZh",
  "nameEn",
  "storeId",
  "storeType",
  "marketplace",
  "phases",
  "templates",
  "attestedUntil",
  "dailyShare",
] as const;

export type CsvRow = Readonly<Record<(typeof CSV_COLUMNS)[number], string>>;

/** A row of CSV as JSON has it: nothing but the form changes. */
export const fromCsv = (row: CsvRow): unknown => ({
  brand: row.brand,
  names: { zh: row.nameZh, en: row.nameEn },
  store: { id: row.storeId, type: row.storeType },
  marketplace: row.marketplace,
  phases: row.phases.split("|"),
  templates: row.templates.split("|"),
  attestedUntil: row.attestedUntil,
  dailyShare: row.dailyShare === "" ? null : /^\d{1,5}$/.test(row.dailyShare) ? Number(row.dailyShare) : row.dailyShare,
});

const count = z.int().min(0);

export const imported = z
  .object({
    ...parties,
    id: z.string(),
    key: z.enum(["attestation", "grant"]),
    surface: z.string(),
    season: z.string(),
    state: z.enum(["open", "finished"]),
    by: z.string(),
    begunAt: instant,
    rows: count,
    digest: z.string(),
    counts: z.object({ added: count, changed: count, unchanged: count, refused: count }).readonly(),
    version: z.int(),
  })
  .meta({ id: "Import" });
