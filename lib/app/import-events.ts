import { type AuditEvent, concernOf } from "../domain/audit.ts";
import type { Import, Plan } from "../domain/import.ts";
import { audited } from "./commitment.ts";
import type { Run } from "./import-run.ts";
import type { Call, Commitment } from "./ports/call.ts";
import type { NewId, Now } from "./ports/world.ts";

/** The audit event of a row. Everything of it follows from the import and the row, so that a row written twice is written once. */
export function rowCommitment({ import: into, user }: Run, { key, ids, outcome }: Plan, before: string | null): Commitment {
  if (!key) throw new Error("a row that writes nothing has no event");
  const event: AuditEvent = {
    id: ids.event,
    at: into.begunAt,
    actor: user,
    action: `${into.key}:import`,
    subject: into.key === "grant" ? `grant/${ids.grant}` : `attestation/${ids.entry}`,
    concern: { ...concernOf({ ...into, brand: key.brand }) },
    effects: [],
    version: key.version,
    before,
    after: key.state,
    why: `row ${outcome.row} of ${into.id}${outcome.fields.length > 0 ? `: ${outcome.fields.join(", ")}` : ""}`,
    requestId: into.id,
  };
  return { event, receipt: null };
}

/** What the beginning or the end of an import is saved with; it answers with the import. */
export function importCommitment(
  deps: { readonly newId: NewId; readonly now: Now },
  call: Pick<Call, "user" | "requestId" | "claim">,
  verb: "begin" | "finish",
  after: Import,
): Commitment {
  const { id, host, marketplace, season, surface, version, state, dryRun } = after;
  const change = {
    at: verb === "begin" ? after.begunAt : deps.now(),
    action: `${dryRun ? "dry-run" : "import"}:${verb}`,
    subject: `import/${id}`,
    concern: { host, marketplace, brand: null, season, surfaces: [surface] },
    version,
    before: verb === "begin" ? null : "open",
    after: state,
  };
  return { event: audited(deps, call, change), receipt: call.claim ? { ...call.claim, reply: after } : null };
}
