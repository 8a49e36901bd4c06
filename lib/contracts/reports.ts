import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { slug } from "./primitives.ts";

const counts = { impressions: z.int(), clicks: z.int(), invalidClicks: z.record(z.string(), z.int()) };

export const reports = {
  delivery: {
    method: "GET",
    path: "/v1/reports/delivery",
    action: "report:read",
    summary: "What was shown and tapped in a season on a surface, per card and phase; a brand sees its own.",
    query: z.strictObject({ season: slug, surface: slug }),
    status: 200,
    reply: z.object({
      season: z.string(),
      surface: z.string(),
      rows: z.array(z.object({ brand: z.string(), campaign: z.string(), card: z.string(), phase: z.string(), ...counts })),
      total: z.object(counts),
    }),
    refusals: ["not-found"],
  },
} as const satisfies Record<string, Endpoint>;
