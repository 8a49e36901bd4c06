import * as z from "zod";
import { NO_AD, type NoAdReason } from "../domain/no-ad.ts";
import { SESSION } from "../domain/separation.ts";
import { SYSTEMS } from "../domain/targeting.ts";
import { hostVersion, region } from "./campaigns.ts";
import { face } from "./cards.ts";
import type { Endpoint } from "./endpoint.ts";
import { instant, list, names, slug } from "./primitives.ts";

const reasons = Object.keys(NO_AD) as [NoAdReason, ...NoAdReason[]];

const session = z.string().regex(SESSION, "What the last answer said.");

const request = z.strictObject({
  surface: slug,
  slots: z.int().min(1).max(10),
  viewer: z.strictObject({
    /** The host's own pseudonymous key for the viewer. It is not kept. */
    key: z.string().min(1).max(128),
    installedApps: list(slug, 20),
    // What targeting asks for and is not told is taken not to be so.
    os: z.enum(SYSTEMS).optional(),
    region: region.optional(),
    hostVersion: hostVersion.optional(),
    /** The host's own names for groups the viewer is in. */
    segments: list(slug, 50).optional(),
    /** The host's own pseudonymous name for the network the viewer comes from, its /24 say. It is not kept. */
    network: z.string().min(1).max(64).optional(),
  }),
  deadlineMs: z.int().min(20).max(1_000).optional().meta({
    description: "How long the answer is waited for, in milliseconds; 800 when left out. What cannot be found out by then is done without.",
  }),
  session: session
    .optional()
    .meta({ description: "The session of the answer before, while the viewer scrolls on: brands and competitors are kept apart." }),
});

/** A card in a slot, but for its addresses. */
export const filled = {
  card: z.object({ id: z.string(), campaign: z.string(), category: z.string(), label: names, ...face }),
  brand: z.string(),
  /** Under which it is shown. */
  grant: z.string(),
  season: z.string(),
  phase: z.string(),
  expiresAt: instant,
};

export const empty = z.object({ noAd: z.object({ code: z.int(), reason: z.enum(reasons) }) });

/** What a decision says of itself: the versions of the snapshot and of the switches it was made from, null when nothing fresh was to be had. */
export const decided = { id: z.string(), decidedAt: instant, snapshot: z.int().nullable(), switches: z.int().nullable() };

const monitoring = z
  .object({ impression: z.array(z.url()).readonly(), click: z.array(z.url()).readonly() })
  .meta({ description: "Others whom the phone tells of the card as well, with their macros filled: there where the card names any." });

export const decisions = {
  decide: {
    method: "POST",
    path: "/v1/decisions",
    action: "decision:make",
    summary: "Which cards for this viewer now? Each slot is answered with a card or with the reason why there is none.",
    body: request,
    status: 200,
    reply: z.object({
      ...decided,
      session,
      slots: z.array(
        z.union([z.object({ ...filled, impressionUrl: z.url(), clickUrl: z.url(), monitoring: monitoring.optional() }), empty]),
      ),
    }),
    refusals: ["not-found"],
  },
} as const satisfies Record<string, Endpoint>;
