import * as z from "zod";
import { EVENT_KINDS, INVALID_REASONS, OUTCOMES } from "../domain/delivery-event.ts";
import { SYSTEMS } from "../domain/targeting.ts";
import { instant } from "./primitives.ts";

/** An event as its row keeps it. What has a default is not in the rows of before there was such a thing. */
export const deliveryEvent = z.object({
  kind: z.enum(EVENT_KINDS),
  decision: z.string(),
  slot: z.int(),
  surface: z.string(),
  season: z.string(),
  phase: z.string(),
  brand: z.string(),
  campaign: z.string(),
  card: z.string(),
  marketplace: z.string(),
  os: z.enum(SYSTEMS).nullable().default(null),
  hostVersion: z.string().default(""),
  lease: z.string().default(""),
  at: instant,
  link: z.string().nullable(),
  outcome: z.enum(OUTCOMES).nullable().default(null),
  late: z.boolean().default(false),
  invalid: z.enum(INVALID_REASONS).nullable(),
});

/** The log line of a tap that could not be recorded, its instant as it is inside. */
export const unrecordedClick = z.object({
  event: z.literal("click-unrecorded"),
  click: deliveryEvent.extend({ kind: z.literal("click"), at: z.int().min(0) }),
});
