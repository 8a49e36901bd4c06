import * as z from "zod";
import { NO_AD, type NoAdReason } from "../domain/no-ad.ts";
import type { Endpoint } from "./endpoint.ts";
import { grant } from "./keys.ts";
import { id, instant, limit, list, names, slug } from "./primitives.ts";

const place = { surface: slug, season: slug };
const brand = id("brd");
const reasons = Object.keys(NO_AD) as [NoAdReason, ...NoAdReason[]];

/** `<season>.json`. A route's parameter is a whole segment (API Gateway), so its ending is read here. */
const document = z
  .codec(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.json$/, "A season's id and .json."), slug, {
    decode: (name) => name.slice(0, -".json".length),
    encode: (season) => `${season}.json`,
  })
  .meta({ override: { type: "string", examples: ["618-2024.json"] } });

const exported = z.object({ ...place, grants: z.array(grant) });

/** Columns of the CSV, each with how its cell is read from a grant's wire form; those that an import has too are named and written as there. */
const COLUMNS: Readonly<Record<string, (wire: z.input<typeof grant>) => string>> = {
  brand: (wire) => wire.brand,
  grant: (wire) => wire.id,
  application: (wire) => wire.application,
  surface: (wire) => wire.surface,
  season: (wire) => wire.season,
  nameZh: (wire) => wire.names.zh,
  nameEn: (wire) => wire.names.en,
  marketplace: (wire) => wire.marketplace,
  storeId: (wire) => wire.storeId,
  storeType: (wire) => wire.storeType,
  phases: (wire) => wire.phases.join("|"),
  templates: (wire) => wire.templates.join("|"),
  dailyShare: (wire) => String(wire.dailyShare ?? ""),
  state: (wire) => wire.state,
  reason: (wire) => wire.reason ?? "",
  expiresAt: (wire) => wire.expiresAt,
  grantedBy: (wire) => wire.grantedBy,
  grantedAt: (wire) => wire.grantedAt,
  version: (wire) => String(wire.version),
};

const csv = ({ surface, season, grants }: z.input<typeof exported>) => ({
  fileName: `whitelist-${surface}-${season}.csv`,
  rows: [Object.keys(COLUMNS), ...grants.map((wire) => Object.values(COLUMNS).map((cell) => cell(wire)))],
});

export const whitelist = {
  list: {
    method: "GET",
    path: "/v1/whitelist",
    action: "whitelist:read",
    summary:
      "Grants of a season on a surface, by brand, a page at a time: a brand's or a marketplace's own, or all of the host's. `next` is null on the last page; a cursor is good for 15 minutes, for the same caller and filters.",
    query: z.strictObject({
      ...place,
      state: z.enum(["current", "suspended", "revoked"]).optional(),
      storeType: slug.optional(),
      brand: brand.optional(),
      limit,
      cursor: z.string().optional(),
    }),
    status: 200,
    reply: z.object({ grants: z.array(grant).readonly(), next: z.string().nullable() }),
    refusals: ["not-found", "cursor-invalid"],
    cacheControl: "private, no-cache",
  },
  check: {
    method: "POST",
    path: "/v1/whitelist/checks",
    action: "whitelist:check",
    summary: "For up to 1,000 brands at once whether each is eligible, now or at another instant, and every reason why not.",
    body: z.strictObject({
      ...place,
      at: instant.optional(),
      brands: list(brand, 1_000, 1).refine((brands) => new Set(brands).size === brands.length, "Name each brand once."),
    }),
    status: 200,
    reply: z.object({
      at: instant,
      checks: z.array(z.object({ brand: z.string(), eligible: z.boolean(), reasons: z.array(z.enum(reasons)).readonly() })),
    }),
    refusals: ["not-found"],
  },
  export: {
    method: "GET",
    path: "/v1/whitelist/export",
    action: "whitelist:read",
    summary:
      "Every grant the caller may see, as one JSON document or as CSV (UTF-8 with BOM, CRLF, every cell quoted; one that a spreadsheet would take for a formula begins with an apostrophe). Too long a list is refused: read it page by page.",
    query: z.strictObject({ ...place, format: z.enum(["csv", "json"]) }),
    status: 200,
    reply: exported,
    refusals: ["not-found", "list-too-long"],
    csv,
  },
  published: {
    method: "GET",
    path: "/whitelist/{surface}/{document}",
    action: "whitelist:public",
    summary: "The brands whitelisted now, for everybody: `/whitelist/<surface>/<season>.json`, in the manner of sellers.json.",
    params: z.strictObject({ surface: slug, document }),
    status: 200,
    reply: z.object({
      version: z.literal("1.0"),
      contact: z.string(),
      ...place,
      brands: z.array(z.object({ brand: z.string(), names, storeType: z.string(), marketplace: z.string(), phases: list(z.string(), 20) })),
    }),
    refusals: ["not-found", "list-too-long"],
    cacheControl: "public, max-age=60",
  },
} as const satisfies Record<string, Endpoint>;
