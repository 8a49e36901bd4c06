import * as z from "zod";
import { isZone } from "../domain/zone.ts";
import type { Endpoint } from "./endpoint.ts";
import { day, id, instant, list, names, slug, text } from "./primitives.ts";
import { settled, typedInstant } from "./typed-instant.ts";

const zone = z.string().max(60).refine(isZone, "An IANA zone such as Asia/Shanghai; abbreviations and offsets are ambiguous.");

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

/** Milliseconds, at most 60 days. */
const lead = z.int().min(0).max(5_184_000_000);

/** Null for no limit. */
const cap = z.int().min(0).max(1_000_000_000_000).nullable().default(null);
/** Basis points. */
const share = z.int().min(0).max(10_000);
const hostCap = z
  .strictObject({
    surface: slug,
    impressionsPerDay: cap,
    perViewerPerDay: cap,
    categoryShares: list(z.strictObject({ category: slug, share }).readonly(), 100).optional(),
  })
  .readonly();

const measure = (max: number) => z.int().min(0).max(max).nullable().default(null);
/** Complaints per 100,000 impressions, failing links in basis points, the 99th percentile of a decision in milliseconds. */
const measures = z.strictObject({ complaints: measure(100_000), failingLinks: measure(10_000), latencyMs: measure(600_000) });

/** What a plan says beside its instants, which are written one way by people and another by us. */
function planOf<At extends z.ZodType>(at: At) {
  const phase = z.strictObject({ id: slug, names, opensAt: at, closesAt: at, afterGap: z.boolean().optional() }).readonly();
  return {
    marketplace: slug,
    zone,
    names,
    phases: z.tuple([phase], phase).check(z.maxLength(20)).readonly(),
    propagationMs: lead.default(0),
    reworkMs: lead.default(0),
    admissions: list(admission, 20, 1),
    hostCaps: list(hostCap, 20).default([]),
    markLicences: list(z.strictObject({ mark: slug, from: at, until: at }).readonly(), 50).default([]),
    rings: list(
      z
        .strictObject({
          brand: id("brd").nullable().default(null),
          steps: list(z.strictObject({ from: at, share }).readonly(), 20, 1),
          limits: measures.readonly().prefault({}),
        })
        .readonly(),
      50,
    ).default([]),
  };
}

const typedPlan = {
  ...planOf(typedInstant),
  instants: z
    .strictObject({
      applicationsClose: typedInstant.optional(),
      whitelistFreeze: typedInstant.optional(),
      finalPhase: typedInstant.optional(),
      clickGraceEnds: typedInstant.optional(),
      reportFinal: typedInstant.optional(),
    })
    .readonly()
    .optional(),
};

const plan = z.object({
  ...planOf(instant),
  id: slug,
  host: z.string(),
  instants: z
    .object({
      applicationsClose: instant,
      whitelistFreeze: instant,
      opens: instant,
      finalPhase: instant,
      closes: instant,
      clickGraceEnds: instant,
      reportFinal: instant,
    })
    .readonly(),
});

/** What the record says of a season. */
export const status = z.enum(["draft", "scheduled", "open", "closed", "archived", "cancelled"]);

const dossier = z
  .object({
    plannedBy: z.string(),
    publishedBy: z.string().nullable(),
    proposal: z
      .object({
        plan: plan.readonly(),
        extends: z.string().nullable(),
        by: z.string(),
        at: instant,
        reason: z.string(),
        against: z.int(),
      })
      .readonly()
      .nullable(),
    former: list(
      z
        .object({
          change: z.enum(["proposal", "extension", "closure"]),
          phases: list(z.object({ id: slug, opensAt: instant, closesAt: instant }).readonly(), 20),
          until: instant,
          by: z.string(),
          reason: z.string(),
        })
        .readonly(),
      20,
    ),
  })
  .readonly();

export const season = z
  .object({
    ...plan.shape,
    status,
    turns: list(z.object({ to: status, officialAt: instant, actualAt: instant }).readonly(), 20),
    version: z.int(),
    ringTurns: list(
      z.object({ brand: z.string().nullable(), state: z.enum(["halted", "running"]), at: instant, why: z.string() }).readonly(),
      200,
    ),
    dossier,
  })
  .meta({ id: "SeasonRecord" });

/** As it is told: the dossier to the host's own operators and to auditors alone. */
const told = z.object({ ...season.shape, dossier: dossier.optional() }).meta({ id: "Season" });

const difference = z.object({ element: z.string(), before: z.string().nullable(), after: z.string().nullable() });

const params = z.strictObject({ season: slug });
const version = z.int().min(1);
const reason = text(500);

export const seasons = {
  plan: {
    method: "POST",
    path: "/v1/seasons",
    action: "season:plan",
    summary: "Plan a season: its phases on the clock and whom each surface admits. It stays a draft.",
    body: z.strictObject({ id: slug, ...typedPlan }).transform(settled),
    status: 201,
    reply: told,
    refusals: ["bad-timeline", "season-exists", "not-found"],
    keyed: true,
  },
  copy: {
    method: "POST",
    path: "/v1/seasons/{season}/copies",
    action: "season:plan",
    summary:
      "The next season of a kind, as a draft: the same plan from another day on, at the same times on the zone's clocks, and what differs.",
    params,
    body: z.strictObject({ id: slug, names, opens: day }),
    status: 201,
    reply: z.object({ season: told, differences: z.array(difference) }),
    refusals: ["not-found", "season-exists", "bad-timeline"],
    keyed: true,
  },
  replan: {
    method: "PUT",
    path: "/v1/seasons/{season}",
    action: "season:plan",
    summary:
      "Put another plan in a draft's place. For a published season it is a proposal, which serves nothing until it is published too.",
    params,
    body: z.strictObject({ version, reason: reason.optional(), ...typedPlan }).transform(settled),
    status: 200,
    reply: told,
    refusals: ["not-found", "wrong-state", "season-version-outdated", "bad-timeline", "reason-missing"],
    keyed: true,
  },
  extend: {
    method: "POST",
    path: "/v1/seasons/{season}/extension",
    action: "season:plan",
    summary: "Propose that a phase closes later; another operator publishes it.",
    params,
    body: z.strictObject({ version, phase: slug, closesAt: typedInstant, reason }),
    status: 201,
    reply: told,
    refusals: ["not-found", "wrong-state", "season-version-outdated", "bad-timeline"],
    keyed: true,
  },
  withdraw: {
    method: "POST",
    path: "/v1/seasons/{season}/proposal/withdrawal",
    action: "season:plan",
    summary: "Take back what is proposed for a published season.",
    params,
    body: z.strictObject({ version }),
    status: 200,
    reply: told,
    refusals: ["not-found", "wrong-state", "season-version-outdated", "nothing-proposed"],
    keyed: true,
  },
  publish: {
    method: "POST",
    path: "/v1/seasons/{season}/publication",
    action: "season:publish",
    summary: "Publish the version that was read: a draft, or what is proposed. In the freeze it takes another operator than its author.",
    params,
    body: z.strictObject({ version }),
    status: 201,
    reply: told,
    refusals: [
      "not-found",
      "season-not-draft",
      "nothing-proposed",
      "season-version-outdated",
      "second-operator-needed",
      "wrong-state",
      "bad-timeline",
    ],
    keyed: true,
  },
  closeEarly: {
    method: "POST",
    path: "/v1/seasons/{season}/closure",
    action: "season:publish",
    summary: "Close early: at once, or at the instant given. It takes one operator, and is not undone.",
    params,
    body: z.strictObject({ version, reason, closesAt: typedInstant.optional() }),
    status: 201,
    reply: told,
    refusals: ["not-found", "wrong-state", "season-version-outdated", "bad-timeline"],
    keyed: true,
  },
  cancel: {
    method: "POST",
    path: "/v1/seasons/{season}/cancellation",
    action: "season:publish",
    summary: "Cancel a season that has not begun.",
    params,
    body: z.strictObject({ version, reason }),
    status: 201,
    reply: told,
    refusals: ["not-found", "wrong-state", "season-version-outdated"],
    keyed: true,
  },
  signal: {
    method: "POST",
    path: "/v1/seasons/{season}/signals",
    action: "season:signal",
    summary:
      "Tell what was measured of a season, or of a brand in it. Above its ring's limits, the ring halts: nobody is in it until it is resumed.",
    params,
    body: z.strictObject({ brand: id("brd").nullable().default(null), from: instant, until: instant, ...measures.shape }),
    status: 200,
    reply: z.object({ halted: z.boolean(), why: z.string().nullable() }),
    // Without a key: a ring halts once, however often it is told.
    refusals: ["not-found", "bad-signal"],
  },
  resume: {
    method: "POST",
    path: "/v1/seasons/{season}/rings/resumption",
    action: "season:publish",
    summary: "Resume a ring that was halted: it holds again what its steps say.",
    params,
    body: z.strictObject({ version, brand: id("brd").nullable().default(null), reason }),
    status: 201,
    reply: told,
    refusals: ["not-found", "wrong-state", "season-version-outdated"],
    keyed: true,
  },
  list: {
    method: "GET",
    path: "/v1/seasons",
    action: "season:read",
    summary: "All published seasons, and an operator's own drafts.",
    status: 200,
    reply: z.object({ seasons: z.array(told) }),
    refusals: [],
  },
  read: {
    method: "GET",
    path: "/v1/seasons/{season}",
    action: "season:read",
    summary: "One season: phases, admissions, and the turns the clock has recorded.",
    params,
    status: 200,
    reply: told,
    refusals: ["not-found"],
  },
} as const satisfies Record<string, Endpoint>;
