import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { instant } from "./primitives.ts";
import { status } from "./seasons.ts";

export const meta = {
  openapi: {
    method: "GET",
    path: "/openapi.json",
    action: "meta:read",
    summary: "This document.",
    status: 200,
    reply: z.record(z.string(), z.unknown()),
    refusals: [],
  },
  health: {
    method: "GET",
    path: "/health",
    action: "meta:read",
    summary:
      "Whether the store answers, the season clock ticks and the snapshots are fresh. It is unhealthy when the last tick, or a surface's last publication, is older than three minutes or has never been.",
    status: 200,
    reply: z.object({
      status: z.literal("ok"),
      lastTick: instant,
      snapshots: z.array(z.object({ surface: z.string(), publishedAt: instant, ageMs: z.int() })),
      due: z.array(z.object({ season: z.string(), to: status, officialAt: instant })),
    }),
    refusals: ["unhealthy"],
  },
} as const satisfies Record<string, Endpoint>;
