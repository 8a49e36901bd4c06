import * as z from "zod";
import { SYSTEMS } from "../domain/targeting.ts";
import { instant } from "./primitives.ts";

/** An impression or click as its row keeps it. */
export const deliveryEvent = z.object({
  kind: z.enum(["impression", "click"]),
  decision: z.string(),
  slot: z.int(),
  surface: z.string(),
  season: z.string(),
  phase: z.string(),
  brand: z.string(),
  campaign: z.string(),
  card: z.string(),
  marketplace: z.string(),
  // Rows of before tokens said what the phone runs have neither.
  os: z.enum(SYSTEMS).nullable().default(null),
  hostVersion: z.string().default(""),
  /** Rows of before campaigns had caps name none. */
  lease: z.string().default(""),
  at: instant,
  link: z.string().nullable(),
  invalid: z.enum(["no-impression"]).nullable(),
});
