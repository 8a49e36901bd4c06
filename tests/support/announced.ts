import type { AuditEvent } from "../../lib/domain/audit.ts";
import { commit } from "../../lib/store/commit.ts";
import type { Table } from "../../lib/store/table.ts";

export const AT = Date.parse("2024-05-13T02:00:00Z");
const PARTIES = { host: "wechat", marketplace: "tmall", brand: "lanmo" };

let events = 0;

/** A grant turned; each call another event of another grant, unless told otherwise. */
export const turned = (run: string, changes: Partial<AuditEvent> = {}): AuditEvent => {
  const id = `evt_${run}${String(++events).padStart(8, "0")}`;
  return {
    id,
    at: AT + events,
    actor: { sub: "usr_rob", role: "reviewer", tenant: "wechat" },
    action: "grant:suspend",
    subject: `grant/${id}`,
    concern: { ...PARTIES, season: "618-2024", surfaces: ["moments"] },
    effects: [],
    version: 1,
    before: "current",
    after: "suspended",
    why: "Unsafe goods.",
    requestId: "req-1",
    ...changes,
  };
};

/** So many events, each in the outbox with its audit record. */
export async function inOutbox(registry: Table, events: readonly AuditEvent[]): Promise<readonly AuditEvent[]> {
  for (const event of events) await commit(registry, [], { event, receipt: null });
  return events;
}
