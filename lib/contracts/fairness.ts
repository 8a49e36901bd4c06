import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { instant, slug } from "./primitives.ts";

const share = z.number();
const minutes = z.int();

const fared = z.object({
  brand: z.string(),
  state: z
    .enum(["sharing", "held", "away"])
    .meta({ description: "Held: at its ceiling. Away: not to be shown, or without a card that can be." }),
  since: instant.meta({ description: "What was before is nobody's debt." }),
  targetShare: share.meta({ description: "Of 1, of what is shown to all who share just now." }),
  deliveredShare: share
    .nullable()
    .meta({ description: "Of 1, of all that was shown in the season; null to a brand, to which it would tell of the others." }),
  delivered: z.int(),
  due: share.meta({ description: "Impressions that its targets came to, minute by minute, while it shared." }),
  ratio: share.nullable().meta({ description: "Delivered for each impression that was due; null before any was." }),
  deliveredToday: z.int(),
  ceiling: z.int().nullable().meta({ description: "Of a day's impressions, basis points; null for none." }),
  minutes: minutes.meta({ description: "In which something was shown and it shared." }),
  minutesWithout: minutes.meta({ description: "Of these, those in which it was not shown." }),
  minutesStarved: minutes.meta({ description: "Of these, those in which three impressions or more were due since it was last shown." }),
});

const reply = z.object({
  season: z.string(),
  surface: z.string(),
  at: instant.nullable().meta({ description: "Of the last correction; null before the first." }),
  spread: share.nullable().meta({ description: "The highest ratio by the lowest; null for a brand, and while one has had nothing." }),
  brands: z.array(fared),
});

const COLUMNS = [
  "brand",
  "state",
  "since",
  "targetShare",
  "deliveredShare",
  "delivered",
  "due",
  "ratio",
  "deliveredToday",
  "ceiling",
  "minutes",
  "minutesWithout",
  "minutesStarved",
] as const satisfies readonly (keyof z.output<typeof fared>)[];

const csv = ({ season, surface, brands }: z.output<typeof reply>) => ({
  fileName: `fairness-${surface}-${season}.csv`,
  rows: [COLUMNS, ...brands.map((row) => COLUMNS.map((name) => String(row[name] ?? "")))],
});

export const fairness = {
  fairness: {
    method: "GET",
    path: "/v1/reports/fairness",
    action: "report:read",
    summary: "How evenly a season's brands were shown on a surface, as of the last minute's correction; a brand sees its own.",
    query: z.strictObject({ season: slug, surface: slug, format: z.enum(["csv", "json"]).optional() }),
    status: 200,
    reply,
    refusals: ["not-found"],
    csv,
  },
} as const satisfies Record<string, Endpoint>;
