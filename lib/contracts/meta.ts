import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";

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
    summary: "Whether the service answers and reaches its store.",
    status: 200,
    reply: z.object({ status: z.literal("ok") }),
    refusals: [],
  },
} as const satisfies Record<string, Endpoint>;
