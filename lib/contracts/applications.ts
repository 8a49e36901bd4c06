import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { attestation, grant, turn } from "./keys.ts";
import { day, digits, id, instant, list, names, sha256, slug, text } from "./primitives.ts";
import { feedback, parties } from "./review.ts";

/** Most surfaces one application may name. */
const SURFACES = 5;

const contact = z.strictObject({ name: text(60), email: z.email().max(200) }).readonly();

const form = z.strictObject({
  season: slug,
  marketplace: slug,
  surfaces: z.tuple([slug], slug).check(z.maxLength(SURFACES)).refine(isWithoutRepeats, "Name each surface once.").readonly(),
  names,
  store: z.strictObject({ id: digits, type: slug, names }).readonly(),
  categories: list(slug, 10, 1),
  documents: list(z.strictObject({ kind: slug, number: text(60), fingerprint: sha256, expiresOn: day }).readonly(), 20),
  contacts: z.tuple([contact], contact).check(z.maxLength(5)).readonly(),
});

function isWithoutRepeats(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

const flag = z
  .object({
    code: z.string(),
    field: z.string(),
    detail: z.string(),
    waived: z.object({ by: z.string(), at: instant, reason: z.string() }).readonly().nullable(),
  })
  .readonly();

const ruling = z
  .object({
    verb: z.enum(["approve", "deny", "request-changes"]),
    by: z.string(),
    at: instant,
    revision: z.int(),
    feedback: list(feedback, 20),
  })
  .readonly();

export const application = z
  .object({
    ...form.shape,
    ...parties,
    id: z.string(),
    state: z.enum(["draft", "pending", "changes-requested", "approved", "denied", "withdrawn"]),
    revision: z.int(),
    flags: z.array(flag).readonly(),
    appeal: z.string().nullable(),
    editors: z.array(z.string()).readonly(),
    createdAt: instant,
    submittedAt: instant.nullable(),
    attestedAt: instant.nullable(),
    rulings: z.array(ruling).readonly(),
    renews: z.object({ application: z.string(), revision: z.int() }).readonly().optional(),
    version: z.int(),
  })
  .meta({ id: "Application" });

const nextStep = z
  .object({
    who: z.enum(["brand", "attester", "reviewer"]),
    what: z.enum(["submit", "attest", "review", "put-right", "appeal", "prepare-cards", "reinstate-or-revoke"]),
    by: instant,
  })
  .nullable();

const waiting = z.object({
  application,
  waitingFor: z.enum(["attester", "reviewer"]),
  next: nextStep,
  warning: z.enum(["soon", "too-late-for-rework", "too-late"]).nullable(),
  changes: z.array(z.object({ element: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});

const grantTerms = z
  .strictObject({
    surface: slug,
    phases: list(slug, 20, 1),
    templates: list(slug, 20, 1),
    dailyShare: z.int().min(1).max(10_000).nullable().default(null),
  })
  .readonly();

const waiver = z.strictObject({ code: slug, reason: text(500) }).readonly();

function isOnceEach(waivers: readonly { readonly code: string }[]): boolean {
  return isWithoutRepeats(waivers.map(({ code }) => code));
}

const params = z.strictObject({ application: id("app") });

export const applications = {
  open: {
    method: "POST",
    path: "/v1/applications",
    action: "application:submit",
    summary: "Apply to a season. Rules a machine can check answer at once, each with its own code; `submit: false` keeps a draft.",
    body: form.extend({ submit: z.boolean().default(true) }),
    status: 201,
    reply: application,
    refusals: ["not-admissible", "season-not-open-to-applications", "already-applied", "changed-meanwhile"],
    keyed: true,
  },
  list: {
    method: "GET",
    path: "/v1/applications",
    action: "application:read",
    summary: "A brand's own applications to a season; for those who decide, all but the drafts.",
    query: z.strictObject({ season: slug }),
    status: 200,
    reply: z.object({ applications: z.array(application) }),
    refusals: [],
  },
  read: {
    method: "GET",
    path: "/v1/applications/{application}",
    action: "application:read",
    summary: "One application, its keys, where it stands, and the next step: whose, what, and by when.",
    params,
    status: 200,
    reply: z.object({ application, attestation: attestation.nullable(), grants: z.array(grant).readonly(), next: nextStep }),
    refusals: ["not-found"],
  },
  edit: {
    method: "PUT",
    path: "/v1/applications/{application}",
    action: "application:submit",
    summary: "Change an application. A material change of an approved one revokes its keys and sends it back to review.",
    params,
    body: form,
    status: 200,
    reply: application,
    refusals: ["not-found", "wrong-state", "not-admissible", "season-not-open-to-applications", "changed-meanwhile"],
    keyed: true,
  },
  submit: {
    method: "POST",
    path: "/v1/applications/{application}/submission",
    action: "application:submit",
    summary: "Submit a draft, or again what was sent back for changes.",
    params,
    status: 201,
    reply: application,
    refusals: ["not-found", "wrong-state", "not-admissible", "season-not-open-to-applications", "changed-meanwhile"],
    keyed: true,
  },
  appeal: {
    method: "POST",
    path: "/v1/applications/{application}/appeal",
    action: "application:submit",
    summary: "Ask again after a denial, once, in the brand's own words.",
    params,
    body: z.strictObject({ words: text(500) }),
    status: 201,
    reply: application,
    refusals: ["not-found", "wrong-state", "already-appealed", "not-admissible", "season-not-open-to-applications", "changed-meanwhile"],
    keyed: true,
  },
  withdraw: {
    method: "POST",
    path: "/v1/applications/{application}/withdrawal",
    action: "application:submit",
    summary: "Take the application back; its keys are revoked, and the brand may apply anew.",
    params,
    status: 201,
    reply: application,
    refusals: ["not-found", "wrong-state", "changed-meanwhile"],
    keyed: true,
  },
  renew: {
    method: "POST",
    path: "/v1/applications/{application}/renewal",
    action: "application:submit",
    summary: "Begin a later season's application from what was approved: a draft, and what it breaks of that season's rules.",
    params,
    body: z.strictObject({ season: slug }),
    status: 201,
    reply: z.object({ application, faults: z.array(z.object({ code: z.string(), field: z.string(), detail: z.string() })).readonly() }),
    refusals: ["not-found", "wrong-state", "already-applied", "not-admissible", "season-not-open-to-applications"],
    keyed: true,
  },
  queue: {
    method: "GET",
    path: "/v1/reviews",
    action: "application:review-queue",
    summary:
      "What waits for people, the least time left first, with warnings and what has changed since the last ruling: to the marketplace what waits for its word; to the host all, `waitingFor` telling what is not attested yet.",
    status: 200,
    reply: z.object({ items: z.array(waiting) }),
    refusals: [],
  },
  attest: {
    method: "POST",
    path: "/v1/applications/{application}/attestation",
    action: "application:attest",
    summary: "Key one: the marketplace vouches for the brand's store until an instant.",
    params,
    body: z.strictObject({ expiresAt: instant }),
    status: 201,
    reply: attestation,
    refusals: ["not-found", "already-attested", "wrong-state", "self-review", "not-admissible", "changed-meanwhile"],
    keyed: true,
  },
  turnAttestation: {
    method: "POST",
    path: "/v1/applications/{application}/attestation/turns",
    action: "application:attest",
    summary: "Suspend, reinstate or revoke the attestation, with a reason. What it takes away is shown nowhere 5 s later.",
    params,
    body: turn,
    status: 201,
    reply: attestation,
    refusals: ["not-found", "wrong-state", "self-review", "changed-meanwhile"],
    keyed: true,
  },
  review: {
    method: "POST",
    path: "/v1/applications/{application}/reviews",
    action: "application:review",
    summary: "Key two: the host approves, which writes the grants and waives what was flagged; or denies, or asks for changes.",
    params,
    body: z.discriminatedUnion("decision", [
      z.strictObject({
        decision: z.literal("approve"),
        grants: list(grantTerms, 10, 1),
        waivers: list(waiver, 20).refine(isOnceEach, "Waive each code once.").default([]),
      }),
      z.strictObject({ decision: z.enum(["deny", "request-changes"]), feedback: list(feedback, 20, 1) }),
    ]),
    status: 201,
    reply: z.object({ application, grants: z.array(grant).readonly() }),
    refusals: [
      "not-found",
      "wrong-state",
      "self-review",
      "not-attested",
      "flag-not-waived",
      "not-admissible",
      "season-not-open-to-applications",
      "trial-full",
      "too-many-rulings",
      "changed-meanwhile",
    ],
    keyed: true,
  },
  turnGrant: {
    method: "POST",
    path: "/v1/applications/{application}/grants/{grant}/turns",
    action: "application:review",
    summary: "Suspend, reinstate or revoke a grant, with a reason. What it takes away is shown nowhere 5 s later.",
    params: z.strictObject({ application: id("app"), grant: id("grt") }),
    body: turn,
    status: 201,
    reply: grant,
    refusals: ["not-found", "wrong-state", "self-review", "changed-meanwhile"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
