import { CARD_MACHINE, type CardVerb } from "./card-machine.ts";
import { next } from "./machine.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";
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
export type ReviewStatus = "pending" | "approved" | "denied" | "changes-requested";

/** A thing that waits for, or has, the host's ruling. `decidedBy` and `decidedAt` are null while it waits. */
export interface Reviewed {
  readonly status: ReviewStatus;
  /** All of the brand who had a hand in it. None of them rules on it. */
  readonly editors: readonly string[];
  readonly submittedBy: string;
  readonly submittedAt: Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
  /** Of the last ruling, also while what was put right waits for the next. */
  readonly feedback: readonly Feedback[];
  readonly version: number;
}

/** As it stands when just submitted. */
export const awaiting = ({ by, at }: Act): Reviewed => ({
  status: "pending",
  editors: [by],
  submittedBy: by,
  submittedAt: at,
  decidedBy: null,
  decidedAt: null,
  feedback: [],
  version: 1,
});

/** Changed by its brand, it waits for the host again. */
export const resubmitted = <T extends Reviewed>(thing: T, { by, at }: Act): T => ({
  ...stepped(thing, "revise"),
  ...{ editors: joinedBy(thing, by), submittedBy: by, submittedAt: at, decidedBy: null, decidedAt: null },
});

/** Changed by its brand in what the ruling does not rest on. */
export const adjusted = <T extends Reviewed>(thing: T, by: string): T => ({ ...stepped(thing, "adjust"), editors: joinedBy(thing, by) });

/** The host rules on it, or takes back what it has let through. @throws Refusal `already-decided`, `self-review`. */
export function decided<T extends Reviewed>(
  thing: T,
  verb: "approve" | "deny" | "request-changes",
  { by, at }: Act,
  feedback: readonly Feedback[] = [],
): T {
  const after = stepped(thing, verb, "already-decided");
  mayDecide({ editors: [...thing.editors, thing.submittedBy] }, by);
  return { ...after, decidedBy: by, decidedAt: at, feedback };
}

const stepped = <T extends Reviewed>(thing: T, verb: CardVerb, otherwise?: RefusalCode): T => ({
  ...thing,
  status: next<ReviewStatus, CardVerb>(CARD_MACHINE, thing.status, verb, otherwise),
  version: thing.version + 1,
});

const joinedBy = ({ editors }: Reviewed, by: string): readonly string[] => (editors.includes(by) ? editors : [...editors, by]);
