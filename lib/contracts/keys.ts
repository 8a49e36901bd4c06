import * as z from "zod";
import { instant, list, names, text } from "./primitives.ts";
import { parties } from "./review.ts";

const key = {
  state: z.enum(["current", "suspended", "revoked"]),
  expiresAt: instant,
  reason: z.string().nullable(),
  version: z.int(),
};

export const attestation = z
  .object({
    ...parties,
    ...key,
    application: z.string(),
    revision: z.int(),
    season: z.string(),
    surfaces: list(z.string(), 5),
    storeType: z.string(),
    attestedBy: z.string(),
    attestedAt: instant,
  })
  .meta({ id: "Attestation" });

export const grant = z
  .object({
    ...parties,
    ...key,
    id: z.string(),
    application: z.string(),
    names,
    surface: z.string(),
    season: z.string(),
    phases: list(z.string(), 20),
    templates: list(z.string(), 20),
    dailyShare: z.int().nullable(),
    storeId: z.string(),
    storeType: z.string(),
    grantedBy: z.string(),
    grantedAt: instant,
  })
  .meta({ id: "Grant" });

/** What either side may do to its key, and why. */
export const turn = z.strictObject({ verb: z.enum(["suspend", "reinstate", "revoke"]), reason: text(500) });
