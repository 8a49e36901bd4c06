import type { Actor, AuditEvent } from "../domain/audit.ts";
import type { NewId } from "./ports.ts";

type Change = Omit<AuditEvent, "id" | "actor" | "requestId" | "why"> & { readonly why?: string | null };

/** The audit event of a change somebody asked for. */
export const audited = (
  { newId }: { newId: NewId },
  { user: { sub, role, tenant }, requestId }: { user: Actor; requestId: string },
  { why = null, ...change }: Change,
): AuditEvent => ({ ...change, why, id: newId("evt"), actor: { sub, role, tenant }, requestId });
