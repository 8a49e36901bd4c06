import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { instant, list, names, slug } from "./primitives.ts";

/** An IANA zone by its full name; abbreviations such as CST name several. */
const zone = z.string().max(60).refine(isZone, "An IANA zone such as Asia/Shanghai; abbreviations are ambiguous.");

function isZone(name: string): boolean {
  if (!name.includes("/")) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const phase = z.strictObject({ id: slug, names, opensAt: instant, closesAt: instant, afterGap: z.boolean().optional() }).readonly();
const admission = z
  .strictObject({
    surface: slug,
    storeTypes: list(slug, 20, 1),
    closedCategories: list(slug, 100),
    requiredDocuments: list(slug, 20),
    waivable: list(slug, 20).default([]),
    capacity: z.int().min(1).max(1_000_000).nullable().default(null),
  })
  .readonly();

const chosenInstants = z
  .strictObject({
    applicationsClose: instant.optional(),
    whitelistFreeze: instant.optional(),
    finalPhase: instant.optional(),
    clickGraceEnds: instant.optional(),
    reportFinal: instant.optional(),
  })
  .readonly();

const instants = z
  .object({
    applicationsClose: instant,
    whitelistFreeze: instant,
    opens: instant,
    finalPhase: instant,
    closes: instant,
    clickGraceEnds: instant,
    reportFinal: instant,
  })
  .readonly();

/** Milliseconds, at most 60 days. */
const lead = z.int().min(0).max(5_184_000_000);

const plan = z.strictObject({
  id: slug,
  marketplace: slug,
  zone,
  names,
  phases: z.tuple([phase], phase).check(z.maxLength(20)).readonly(),
  instants: chosenInstants.optional(),
  propagationMs: lead.default(0),
  reworkMs: lead.default(0),
  admissions: list(admission, 20, 1),
});

const status = z.enum(["draft", "scheduled", "open", "closed", "archived", "cancelled"]);

export const season = z
  .object({
    ...plan.shape,
    instants,
    host: z.string(),
    status,
    turns: list(z.object({ to: status, officialAt: instant, actualAt: instant }).readonly(), 20),
    version: z.int(),
  })
  .meta({ id: "Season" });

const params = z.strictObject({ season: slug });

export const seasons = {
  plan: {
    method: "POST",
    path: "/v1/seasons",
    action: "season:plan",
    summary: "Plan a season: its phases on the clock and whom each surface admits. It stays a draft.",
    body: plan,
    status: 201,
    reply: season,
    refusals: ["bad-timeline", "season-exists", "not-found"],
    keyed: true,
  },
  publish: {
    method: "POST",
    path: "/v1/seasons/{season}/publication",
    action: "season:publish",
    summary: "Publish the version of a draft that was read; from here the season clock turns it.",
    params,
    body: z.strictObject({ version: z.int().min(1) }),
    status: 201,
    reply: season,
    refusals: ["not-found", "season-not-draft", "season-version-outdated", "bad-timeline"],
    keyed: true,
  },
  list: {
    method: "GET",
    path: "/v1/seasons",
    action: "season:read",
    summary: "All published seasons, and an operator's own drafts.",
    status: 200,
    reply: z.object({ seasons: z.array(season) }),
    refusals: [],
  },
  read: {
    method: "GET",
    path: "/v1/seasons/{season}",
    action: "season:read",
    summary: "One season: phases, admissions, and the turns the clock has recorded.",
    params,
    status: 200,
    reply: season,
    refusals: ["not-found"],
  },
} as const satisfies Record<string, Endpoint>;
