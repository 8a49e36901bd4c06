/**
 * One clause of a refusal: what is wrong, and with which element of the request.
 * `field` is a JSON pointer (RFC 6901) into the request body.
 */
export interface Reason {
  readonly code: string;
  readonly field: string;
  readonly detail: string;
}

/** Every way a rule says no. `lib/http/problem.ts` gives each a status and a title. */
export type RefusalCode =
  | "not-found"
  | "forbidden"
  | "self-review"
  | "already-decided"
  | "wrong-state"
  | "already-appealed"
  | "too-many-rulings"
  | "flag-not-waived"
  | "trial-full"
  | "answered-already"
  | "already-applied"
  | "already-attested"
  | "not-attested"
  | "not-admissible"
  | "not-granted"
  | "card-not-acceptable"
  | "not-an-image"
  | "campaign-not-acceptable"
  | "bad-timeline"
  | "import-differs"
  | "not-the-importer"
  | "not-a-list"
  | "part-too-long"
  | "part-out-of-order"
  | "part-under-way"
  | "season-exists"
  | "season-not-draft"
  | "season-not-open-to-applications"
  | "season-version-outdated"
  | "nothing-proposed"
  | "bad-signal"
  | "reason-missing"
  | "second-operator-needed"
  | "host-not-named"
  | "too-many-webhooks"
  | "too-many-switches"
  | "link-stopped"
  | "no-longer-kept"
  | "not-replayable"
  | "token-invalid"
  | "token-expired"
  | "batch-differs"
  | "cursor-invalid"
  | "list-too-long"
  | "report-too-long"
  | "statement-not-final"
  | "credit-too-large"
  | "changed-meanwhile"
  | "unhealthy";

/** A rule says no. Only `lib/http` turns the code into a status. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly reasons: readonly Reason[];

  constructor(code: RefusalCode, reasons: readonly Reason[] = []) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.reasons = reasons;
  }
}

export const isRefusal = (error: unknown, code: RefusalCode): boolean => error instanceof Refusal && error.code === code;
