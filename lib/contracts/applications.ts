import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { day, digits, id, instant, list, names, slug, text } from "./primitives.ts";
import { denial, parties, reviewed } from "./review.ts";

const form = z.strictObject({
  season: slug,
  surface: slug,
  names,
  store: z.strictObject({ id: digits, type: slug, names }).readonly(),
  categories: list(slug, 10, 1),
  documents: list(z.strictObject({ kind: slug, number: text(60), expiresOn: day }).readonly(), 20),
  contact: z.strictObject({ name: text(60), email: z.email().max(200) }).readonly(),
});

export const application = z
  .object({ ...form.shape, ...parties, ...reviewed, id: z.string(), attestedAt: instant.nullable() })
  .meta({ id: "Application" });

export const attestation = z
  .object({
    ...parties,
    application: z.string(),
    surface: z.string(),
    season: z.string(),
    storeType: z.string(),
    attestedBy: z.string(),
    attestedAt: instant,
    expiresAt: instant,
  })
  .meta({ id: "Attestation" });

export const grant = z
  .object({
    ...parties,
    id: z.string(),
    application: z.string(),
    surface: z.string(),
    season: z.string(),
    phases: list(z.string(), 20),
    templates: list(z.string(), 20),
    storeId: z.string(),
    grantedBy: z.string(),
    grantedAt: instant,
    expiresAt: instant,
  })
  .meta({ id: "Grant" });

const params = z.strictObject({ application: id("app") });

export const applications = {
  submit: {
    method: "POST",
    path: "/v1/applications",
    action: "application:submit",
    summary: "Ask to be let in to a season on a surface. Rules a machine can check answer at once, each with its own code.",
    body: form,
    status: 201,
    reply: application,
    refusals: ["not-admissible", "season-not-open-to-applications", "already-applied"],
  },
  list: {
    method: "GET",
    path: "/v1/applications",
    action: "application:read",
    summary: "A brand's own applications; for those who decide, all to one surface and season.",
    query: z.strictObject({ surface: slug, season: slug }),
    status: 200,
    reply: z.object({ applications: z.array(application) }),
    refusals: [],
  },
  read: {
    method: "GET",
    path: "/v1/applications/{application}",
    action: "application:read",
    summary: "One application and where it stands.",
    params,
    status: 200,
    reply: application,
    refusals: ["not-found"],
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
    refusals: ["not-found", "already-attested", "already-decided", "not-admissible"],
  },
  review: {
    method: "POST",
    path: "/v1/applications/{application}/reviews",
    action: "application:review",
    summary: "Key two: the host approves, which writes the grant, or denies with a code, words and the element.",
    params,
    body: z.discriminatedUnion("decision", [
      z.strictObject({ decision: z.literal("approve"), phases: list(slug, 20, 1), templates: list(slug, 20, 1) }),
      denial,
    ]),
    status: 201,
    reply: z.object({ application, grant: grant.nullable() }),
    refusals: ["not-found", "already-decided", "self-review", "not-attested", "not-admissible"],
  },
} as const satisfies Record<string, Endpoint>;
