import type { Actor, AuditEvent } from "../domain/audit.ts";
import type { Call, Commitment } from "./ports/call.ts";
import type { NewId } from "./ports/world.ts";

/** What an audit event says of a change, beside who asked for it. */
export type Change = Omit<AuditEvent, "id" | "actor" | "requestId" | "why" | "effects"> & Partial<Pick<AuditEvent, "why" | "effects">>;

/** The audit event of a change somebody, or the clock, asked for. */
export const audited = (
  { newId }: { newId: NewId },
  { user: { sub, role, tenant }, requestId }: { user: Actor; requestId: string },
  { why = null, effects = [], ...change }: Change,
): AuditEvent => ({ ...change, why, effects, id: newId("evt"), actor: { sub, role, tenant }, requestId });

/** What a change is saved with: its audit event, and where the caller gave an Idempotency-Key, the answer to give again. */
export const committing = (deps: { newId: NewId }, call: Call, change: Change, reply: unknown): Commitment => ({
  event: audited(deps, call, change),
  receipt: call.claim ? { ...call.claim, reply } : null,
});
