import type { Machine } from "./machine.ts";
import type { ReviewStatus } from "./review.ts";

export type CardVerb = "approve" | "deny" | "request-changes" | "revise" | "adjust";

/** The life of a card. States are AdCOM `Audit`'s (facts.md §3: 1 pending, 3 approved, 4 denied, 5 changed, resubmission requested). */
export const CARD_MACHINE = {
  pending: {
    revise: { by: "brand", to: "pending" },
    approve: { by: "reviewer", to: "approved" },
    deny: { by: "reviewer", to: "denied" },
    "request-changes": { by: "reviewer", to: "changes-requested" },
  },
  approved: {
    adjust: { by: "brand", to: "approved" },
    revise: { by: "brand", to: "pending" },
    deny: { by: "reviewer", to: "denied" },
    "request-changes": { by: "reviewer", to: "changes-requested" },
  },
  "changes-requested": { revise: { by: "brand", to: "pending" }, deny: { by: "reviewer", to: "denied" } },
  denied: { revise: { by: "brand", to: "pending" } },
} as const satisfies Machine<ReviewStatus, CardVerb>;
