import { CARD_MACHINE } from "./card-machine.ts";
import { next } from "./machine.ts";
import { Refusal } from "./refusal.ts";
import type { Instant } from "./window.ts";

/** Somebody's act at an instant. */
export interface Act {
  readonly by: string;
  readonly at: Instant;
}

/** Four eyes: never your own, whichever side you are on. @throws Refusal `self-review`. */
export function mayDecide({ editors }: { readonly editors: readonly string[] }, by: string): void {
  if (editors.includes(by)) throw new Refusal("self-review");
}

/** Why a reviewer said no: a code, words, and the element they are about (a JSON pointer into what was submitted). */
export interface Feedback {
  readonly code: string;
  readonly text: string;
  readonly element: string;
}

/** Named after AdCOM `Audit` (facts.md §3). */
export type ReviewStatus = "pending" | "approved" | "denied";

/** A thing that waits for, or has, the host's ruling. `decidedBy` and `decidedAt` are null while it waits. */
export interface Reviewed {
  readonly status: ReviewStatus;
  readonly submittedBy: string;
  readonly submittedAt: Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
  readonly feedback: readonly Feedback[];
  readonly version: number;
}

/** As it stands when just submitted. */
export const awaiting = ({ by, at }: Act): Reviewed => ({
  status: "pending",
  submittedBy: by,
  submittedAt: at,
  decidedBy: null,
  decidedAt: null,
  feedback: [],
  version: 1,
});

/** Ruled on once, by somebody other than the submitter. @throws Refusal `already-decided`, `self-review`. */
export function decided<T extends Reviewed>(
  thing: T,
  status: "approved" | "denied",
  { by, at }: Act,
  feedback: readonly Feedback[] = [],
): T {
  const verb = status === "approved" ? "approve" : "deny";
  const after = next(CARD_MACHINE, thing.status, verb, "already-decided");
  if (thing.submittedBy === by) throw new Refusal("self-review");
  return { ...thing, status: after, decidedBy: by, decidedAt: at, feedback, version: thing.version + 1 };
}
