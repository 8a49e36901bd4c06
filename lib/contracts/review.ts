import * as z from "zod";
import { instant, list, text } from "./primitives.ts";

export const feedback = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9-]{1,60}$/),
    text: text(500),
    element: z.string().regex(/^(?:\/[A-Za-z0-9-]{1,60}){1,8}$/, "A JSON pointer to the element."),
  })
  .readonly()
  .meta({ id: "Feedback" });

/** Where something stands with the host. */
export const reviewed = {
  status: z.enum(["pending", "approved", "denied", "changes-requested"]),
  // Before cards could be changed nobody but its submitter had a hand in one.
  editors: z.array(z.string()).readonly().default([]),
  submittedBy: z.string(),
  submittedAt: instant,
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  feedback: list(feedback, 20),
  version: z.int(),
};

/** Whom a thing belongs to. */
export const parties = { brand: z.string(), marketplace: z.string(), host: z.string() };
