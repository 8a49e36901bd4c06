import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { digits, id, instant, limit, list, names, slug, whole } from "./primitives.ts";
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
const counts = z.object({ added: count, changed: count, unchanged: count, refused: count }).readonly();

const progress = {
  ...parties,
  id: z.string(),
  key: z.enum(["attestation", "grant"]),
  surface: z.string(),
  season: z.string(),
  state: z.enum(["open", "finished"]),
  by: z.string(),
  begunAt: instant,
  rows: count,
  counts,
  dryRun: z.boolean(),
  parts: count.nullable(),
  version: z.int(),
};

/** An import as it is kept. */
export const imported = z.object({
  ...progress,
  digest: z.string(),
  underWay: z.object({ content: z.string(), until: z.int() }).readonly().nullable(),
});

const reply = z.object(progress).meta({ id: "Import" });

const outcome = z
  .object({
    row: count,
    outcome: z.enum(["added", "changed", "unchanged", "refused"]),
    brand: z.string().nullable(),
    id: z.string().nullable(),
    fields: z.array(z.string()).readonly(),
    reasons: z.array(z.object({ code: z.string(), field: z.string(), detail: z.string() })).readonly(),
  })
  .readonly()
  .meta({ id: "ImportedRow" });

const params = z.strictObject({ import: id("imp") });

/** Half a dozen rows a kilobyte. Bytes. */
const LARGEST_PART = 256 * 1024;

export const imports = {
  begin: {
    method: "POST",
    path: "/v1/whitelist/imports",
    action: "import:send",
    summary:
      "Begins the import of a list of brands agreed elsewhere: an attester's gives attestations, a reviewer's gives grants. Its parts are sent next. A dry run says what would become of each row, and writes nothing to the whitelist.",
    body: z.strictObject({ surface: slug, season: slug, dryRun: z.boolean().default(false) }),
    status: 201,
    reply,
    refusals: ["not-found", "season-not-open-to-applications", "not-admissible", "self-review"],
    keyed: true,
  },
  send: {
    method: "PUT",
    path: "/v1/whitelist/imports/{import}/parts/{part}",
    action: "import:send",
    summary:
      "Takes in a part of the list, from 1 in order: whole rows, at most 500; CSV with its header, or JSON as an array or as lines. Answers with what became of each row, those that are as they were left out. The same part sent again is given the same answer; one that was stopped is gone on with.",
    params: params.extend({ part: whole(/^[1-9][0-9]{0,3}$/, 9_999) }),
    upload: {
      types: {
        "text/csv": z.string().meta({ examples: [`${CSV_COLUMNS.join(",")}\n`] }),
        "application/json": z.array(whitelistRow),
        "application/x-ndjson": z.string().meta({ description: "A row a line, each as in application/json." }),
      },
      mostBytes: LARGEST_PART,
    },
    status: 200,
    reply: z.object({
      part: count,
      rows: z.object({ first: count, last: count }).readonly(),
      counts,
      outcomes: z.array(outcome).readonly(),
    }),
    refusals: [
      ...(["not-found", "not-the-importer", "wrong-state", "not-a-list", "part-too-long", "part-out-of-order"] as const),
      ...(["part-under-way", "import-differs", "season-not-open-to-applications", "changed-meanwhile"] as const),
    ],
  },
  complete: {
    method: "POST",
    path: "/v1/whitelist/imports/{import}/completion",
    action: "import:send",
    summary: "Says that the list is complete, and how many parts it had.",
    params,
    body: z.strictObject({ parts: z.int().min(0).max(9_999) }),
    status: 200,
    reply,
    refusals: ["not-found", "not-the-importer", "import-differs", "part-under-way", "wrong-state", "changed-meanwhile"],
    keyed: true,
  },
  read: {
    method: "GET",
    path: "/v1/whitelist/imports/{import}",
    action: "import:read",
    summary: "How far an import is, with a page of the rows it refused and why; `next` is null on the last page.",
    params,
    query: z.strictObject({
      limit,
      cursor: z.string().optional(),
    }),
    status: 200,
    reply: reply.extend({ refused: z.array(outcome).readonly(), next: z.string().nullable() }),
    refusals: ["not-found", "cursor-invalid"],
  },
} as const satisfies Record<string, Endpoint>;
