import * as z from "zod";
import { CREDITED_KINDS } from "../domain/credit.ts";
import type { Endpoint } from "./endpoint.ts";
import { day, id, instant, text } from "./primitives.ts";

export const credit = z.object({
  id: z.string(),
  brand: z.string(),
  marketplace: z.string(),
  host: z.string(),
  season: z.string(),
  surface: z.string(),
  campaign: z.string(),
  card: z.string().nullable(),
  day: z.string(),
  kind: z.enum(CREDITED_KINDS),
  count: z.int(),
  reason: z.string(),
  givenBy: z.string(),
  givenAt: instant,
  version: z.literal(1),
});

export const credits = {
  give: {
    method: "POST",
    path: "/v1/credits",
    action: "credit:give",
    summary:
      "The host gives back impressions or clicks of a campaign, or of one of its cards, on a day of the season's zone, with its reason. Never more than were counted as valid on that day, in one credit or several. What was counted stays as it is: reports tell credits beside it.",
    body: z.strictObject({
      campaign: id("cmp"),
      card: id("crd").optional(),
      day,
      kind: z.enum(CREDITED_KINDS),
      count: z.int().min(1).max(1_000_000_000_000),
      reason: text(500),
    }),
    status: 201,
    reply: credit,
    refusals: ["not-found", "credit-too-large", "report-too-long"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
