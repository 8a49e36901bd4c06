import * as z from "zod";
import { BATCH_ANSWERS, SHOWINGS } from "../domain/delivery-event.ts";
import type { Endpoint } from "./endpoint.ts";
import { instant, list } from "./primitives.ts";

/** A UUID, a ULID, or whatever the sender never uses twice. */
const batch = z.string().regex(/^[\w-]{8,64}$/, "8 to 64 letters, digits, hyphens or underscores.");

export const impressions = {
  record: {
    method: "POST",
    path: "/v1/impressions",
    action: "impression:record",
    summary:
      "A feed server's batch of up to 500 showings: each counted once and answered in its place. The same batch id again is answered the same.",
    body: z.strictObject({
      batch,
      events: list(
        z.strictObject({
          token: z.string().regex(/^[\w.~-]{1,2048}$/, "As it stands in an impression's address."),
          event: z.enum(SHOWINGS).default("impression"),
          at: instant.optional().meta({
            description: "When it was shown; when its card was decided on, where that is not told. Clocks may differ by a second.",
          }),
        }),
        500,
        1,
      ),
    }),
    // Five hundred of the longest tokens there are, and what is around them.
    mostBytes: 1_152 * 1024,
    status: 200,
    reply: z.object({ batch: z.string(), answers: z.array(z.enum(BATCH_ANSWERS)).readonly() }),
    refusals: ["batch-differs"],
  },
} as const satisfies Record<string, Endpoint>;
