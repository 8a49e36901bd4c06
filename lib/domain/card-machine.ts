import type { Machine } from "./machine.ts";
import type { ReviewStatus } from "./review.ts";

/** The life of a card's revision. */
export const CARD_MACHINE = {
  pending: { approve: { by: "reviewer", to: "approved" }, deny: { by: "reviewer", to: "denied" } },
  approved: {},
  denied: {},
} as const satisfies Machine<ReviewStatus, "approve" | "deny">;
