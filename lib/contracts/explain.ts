import * as z from "zod";
import { NO_AD, type NoAdReason } from "../domain/no-ad.ts";
import { CARD_WORDS } from "../domain/reason-words.ts";
import { decided, empty, filled } from "./decisions.ts";
import type { Endpoint } from "./endpoint.ts";
import { id, instant, limit, list, slug } from "./primitives.ts";

const words = z.object({ en: z.string(), zh: z.string() }).readonly();

const reason = z.object({
  code: z.int(),
  reason: z.enum(Object.keys(NO_AD) as [NoAdReason, ...NoAdReason[]]),
  says: words,
  remedy: words,
});

const card = z.object({
  card: z.string(),
  campaign: z.string(),
  served: z.boolean(),
  reason: z.enum(Object.keys(CARD_WORDS) as [keyof typeof CARD_WORDS]).nullable(),
  says: words.nullable(),
});

const explained = z
  .object({
    season: z.string(),
    brand: z.string(),
    live: z.boolean(),
    phase: z.string().nullable(),
    reasons: list(reason, 10),
    cards: list(card, 10_000),
    changesAt: instant.nullable(),
    knownUntil: instant.nullable(),
    versions: z.object({ snapshot: z.int().nullable(), season: z.int(), switches: z.int() }),
    application: z.object({ id: z.string(), state: z.string() }).nullable(),
  })
  .meta({
    id: "Explanation",
    description:
      "`changesAt`: the first instant at which this answer is another one, as things stand. `knownUntil`: where an answer about the past was followed no further. `application`: where a brand without a grant stands now.",
  });

export const explain = {
  explain: {
    method: "GET",
    path: "/v1/explain",
    action: "explain:read",
    summary:
      "Is this brand, or each brand, live on this surface, now or at any other instant, and why not? Answered by the code that serves: the past from what was served then, the future from what is served now.",
    query: z.strictObject({
      surface: slug,
      season: slug.optional(),
      brand: id("brd").optional(),
      at: instant.optional(),
      limit,
      cursor: z.string().optional(),
    }),
    status: 200,
    reply: z.object({ at: instant, surface: z.string(), answers: list(explained, 100), next: z.string().nullable() }),
    refusals: ["not-found", "no-longer-kept", "cursor-invalid"],
  },
  replay: {
    method: "GET",
    path: "/v1/decisions/{decision}/replay",
    action: "explain:replay",
    summary: "A decision made again from its id: the same answer, without its addresses, for as long as its snapshot is kept.",
    params: z.strictObject({ decision: z.string().regex(/^dec_[\w.~-]{1,500}$/, "The id of a decision.") }),
    status: 200,
    reply: z.object({ ...decided, slots: z.array(z.union([z.object(filled), empty])) }),
    refusals: ["not-found", "no-longer-kept", "not-replayable"],
  },
} as const satisfies Record<string, Endpoint>;
