import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { id, instant, slug, text } from "./primitives.ts";
import { parties } from "./review.ts";

const form = z.strictObject({
  season: slug,
  surface: slug,
  name: text(60),
  flight: z.strictObject({ opensAt: instant, closesAt: instant }).readonly().nullable(),
});

export const campaign = z
  .object({ ...form.shape, ...parties, id: z.string(), createdBy: z.string(), createdAt: instant, version: z.int() })
  .meta({ id: "Campaign" });

export const campaigns = {
  create: {
    method: "POST",
    path: "/v1/campaigns",
    action: "campaign:create",
    summary: "Set up a campaign in a season that has whitelisted the brand.",
    body: form,
    status: 201,
    reply: campaign,
    refusals: ["not-granted", "bad-flight"],
    keyed: true,
  },
  read: {
    method: "GET",
    path: "/v1/campaigns/{campaign}",
    action: "campaign:read",
    summary: "One campaign.",
    params: z.strictObject({ campaign: id("cmp") }),
    status: 200,
    reply: campaign,
    refusals: ["not-found"],
  },
} as const satisfies Record<string, Endpoint>;
