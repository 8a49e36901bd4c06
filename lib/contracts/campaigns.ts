import * as z from "zod";
import { FREQUENCY_UNITS, type FrequencyUnit } from "../domain/campaign.ts";
import { SYSTEMS } from "../domain/targeting.ts";
import type { Endpoint } from "./endpoint.ts";
import { id, instant, limit, list, slug, text } from "./primitives.ts";
import { parties } from "./review.ts";

/** When something may be shown: half-open. */
export const window = z.strictObject({ opensAt: instant, closesAt: instant }).readonly();

/** A share among others of its kind. */
export const weight = z.int().min(1).max(1_000).default(100);

const impressions = z.int().min(1).max(1_000_000_000).nullable().default(null);

/** ISO 3166-2, as feeds tell a viewer's region: `CN-SH`. */
export const region = z.string().regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, "An ISO 3166-2 code like CN-SH.");

/** Of a host's app: `8.0.49`. */
export const hostVersion = z.string().regex(/^[0-9]{1,5}(?:\.[0-9]{1,5}){0,3}$/, "Up to four numbers with dots between.");

const targeting = z
  .strictObject({
    os: list(z.enum(SYSTEMS), SYSTEMS.length).nullable().default(null),
    regions: list(region, 100).nullable().default(null),
    segments: z
      .strictObject({ any: list(slug, 20).default([]), none: list(slug, 20).default([]) })
      .readonly()
      .default({ any: [], none: [] }),
    hostVersion: z.strictObject({ min: hostVersion }).readonly().nullable().default(null),
  })
  .readonly()
  .meta({ description: "Whom it is for. What is null or empty leaves nobody out." });

const units = Object.keys(FREQUENCY_UNITS) as [FrequencyUnit, ...FrequencyUnit[]];

const settings = {
  name: text(60),
  category: slug.optional().meta({ description: "What it sells; when left out, the first category the brand applied with." }),
  flight: window.nullable().default(null).meta({ description: "When it runs; null for the whole season." }),
  weight,
  tier: z.enum(["standard", "house"]).default("standard").meta({ description: "A house campaign is shown where no other may be." }),
  caps: z
    .strictObject({ daily: impressions, total: impressions })
    .readonly()
    .default({ daily: null, total: null })
    .meta({ description: "Most impressions in a day of the season's zone, and in all; null for no limit." }),
  pacing: z.enum(["even", "asap"]).default("even"),
  frequency: z
    .strictObject({ most: z.int().min(1).max(100), units: z.int().min(1).max(59), unit: z.enum(units) })
    .readonly()
    .nullable()
    .default(null)
    .meta({ description: "To one viewer at most so often: in 1-59 minutes, 1-23 hours, 1-6 days or 1-4 weeks." }),
  targeting: targeting.default({ os: null, regions: null, segments: { any: [], none: [] }, hostVersion: null }),
};

const form = z.strictObject({ season: slug, surface: slug, ...settings });

export const campaign = z
  .object({
    ...form.shape,
    ...parties,
    // One that was set up before campaigns had a category and a state has these.
    category: slug.default("other"),
    state: z.enum(["active", "paused"]).default("active"),
    id: z.string(),
    createdBy: z.string(),
    createdAt: instant,
    version: z.int(),
  })
  .meta({ id: "Campaign" });

const params = z.strictObject({ campaign: id("cmp") });

export const campaigns = {
  create: {
    method: "POST",
    path: "/v1/campaigns",
    action: "campaign:create",
    summary: "Set up a campaign in a season that has whitelisted the brand.",
    body: form,
    status: 201,
    reply: campaign,
    refusals: ["not-granted", "campaign-not-acceptable"],
    keyed: true,
  },
  list: {
    method: "GET",
    path: "/v1/campaigns",
    action: "campaign:list",
    summary: "Your campaigns, newest first, a page at a time: `next` is null on the last. The latest change may be a moment in coming.",
    query: z.strictObject({ limit, cursor: z.string().optional() }),
    status: 200,
    reply: z.object({ campaigns: z.array(campaign).readonly(), next: z.string().nullable() }),
    refusals: ["cursor-invalid"],
  },
  read: {
    method: "GET",
    path: "/v1/campaigns/{campaign}",
    action: "campaign:read",
    summary: "One campaign.",
    params,
    status: 200,
    reply: campaign,
    refusals: ["not-found"],
  },
  change: {
    method: "PUT",
    path: "/v1/campaigns/{campaign}",
    action: "campaign:change",
    summary: "Set a campaign up anew, naming the version in hand: what is left out is as if it had never been said, but for the category.",
    params,
    body: z.strictObject({ ...settings, version: z.int().min(1) }),
    status: 200,
    reply: campaign,
    refusals: ["not-found", "campaign-not-acceptable", "changed-meanwhile"],
    keyed: true,
  },
  turn: {
    method: "POST",
    path: "/v1/campaigns/{campaign}/turns",
    action: "campaign:change",
    summary: "Pause a campaign, or let it go on. What is paused is not shown.",
    params,
    body: z.strictObject({ verb: z.enum(["pause", "resume"]) }),
    status: 201,
    reply: campaign,
    refusals: ["not-found", "wrong-state", "changed-meanwhile"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
