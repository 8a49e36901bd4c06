import type { Machine } from "./machine.ts";

export type ApplicationState = "draft" | "pending" | "changes-requested" | "approved" | "denied" | "withdrawn";
export type ApplicationVerb =
  | "edit"
  | "submit"
  | "attest"
  | "approve"
  | "deny"
  | "request-changes"
  | "appeal"
  | "amend"
  | "change-contacts"
  | "withdraw";

/**
 * The life of an application. States are AdCOM `Audit`'s (facts.md §3: 1 pending, 3 approved, 4 denied, 5 changed,
 * resubmission requested) and two of ours, before and after a review: draft and withdrawn.
 */
export const APPLICATION_MACHINE = {
  draft: {
    edit: { by: "brand", to: "draft" },
    submit: { by: "brand", to: "pending" },
    withdraw: { by: "brand", to: "withdrawn" },
  },
  pending: {
    attest: { by: "attester", to: "pending" },
    approve: { by: "reviewer", to: "approved" },
    deny: { by: "reviewer", to: "denied" },
    "request-changes": { by: "reviewer", to: "changes-requested" },
    withdraw: { by: "brand", to: "withdrawn" },
  },
  "changes-requested": {
    edit: { by: "brand", to: "changes-requested" },
    submit: { by: "brand", to: "pending" },
    withdraw: { by: "brand", to: "withdrawn" },
  },
  denied: {
    appeal: { by: "brand", to: "pending" },
    withdraw: { by: "brand", to: "withdrawn" },
  },
  approved: {
    attest: { by: "attester", to: "approved" },
    amend: { by: "brand", to: "pending" },
    "change-contacts": { by: "brand", to: "approved" },
    withdraw: { by: "brand", to: "withdrawn" },
  },
  withdrawn: {},
} as const satisfies Machine<ApplicationState, ApplicationVerb>;
