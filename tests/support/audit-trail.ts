import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "@jest/globals";
import { APPLICATION_MACHINE } from "../../lib/domain/application-machine.ts";
import { CAMPAIGN_MACHINE } from "../../lib/domain/campaign-machine.ts";
import { CARD_MACHINE } from "../../lib/domain/card-machine.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE } from "../../lib/domain/key.ts";
import type { Machine } from "../../lib/domain/machine.ts";
import type { Gate } from "./gate.ts";

/** One change of one thing, as the audit tells it: an event's own subject, or what changed with it. */
interface Step {
  readonly subject: string;
  readonly action: string;
  readonly version: number;
  readonly before: string | null;
  readonly after: string;
}

const MACHINES: Readonly<Record<string, Machine<string, string>>> = {
  application: APPLICATION_MACHINE,
  attestation: ATTESTATION_MACHINE,
  grant: GRANT_MACHINE,
  campaign: CAMPAIGN_MACHINE,
  card: CARD_MACHINE,
};

/** A list gives a key, and a later one may change what is current; it turns none back. */
const IMPORTED = ["import: null to current", "import: current to current"];

/** How a thing of a kind comes to be. */
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  application: ["draft: null to draft", "submit: null to pending", "renew: null to draft"],
  attestation: ["give: null to current", ...IMPORTED],
  grant: ["give: null to current", ...IMPORTED],
  campaign: ["create: null to active"],
  card: ["create: null to pending"],
};

type Row = Record<string, AttributeValue>;
const ofKind = (rows: readonly Row[], kind: string) => rows.filter(({ pk }) => pk?.S?.startsWith(`${kind}#`));

/** Every step of every thing in the Registry, by its subject, in order of version. */
export async function trails(gate: Gate): Promise<ReadonlyMap<string, readonly Step[]>> {
  const { registry } = await gate.rows();
  const events = ofKind(registry, "AUDIT").map((row) => unmarshall(row)["doc"]);
  const steps = events.flatMap(({ effects, ...event }): Step[] => [event, ...effects]);
  const bySubject = Map.groupBy(steps, ({ subject }) => subject);
  return new Map([...bySubject].map(([subject, found]) => [subject, found.sort((one, other) => one.version - other.version)]));
}

/**
 * Everything that changed, changed along the arrows that are drawn: each thing's steps are versions 1 to n without a gap or
 * a repetition, each begins where the last ended, and each event has its one outbox entry.
 */
export async function expectWholeTrails(gate: Gate): Promise<void> {
  const { registry } = await gate.rows();
  const entries = (kind: string) => ofKind(registry, kind).map(({ pk, sk }) => `${pk?.S?.slice(kind.length + 1)} ${sk?.S}`);
  expect(entries("OUTBOX").sort()).toEqual(entries("AUDIT").sort());
  const ids = ofKind(registry, "AUDIT").map((row) => unmarshall(row)["doc"].id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [subject, steps] of await trails(gate)) {
    const [kind = ""] = subject.split("/");
    // How far an import is is no change of state: its versions go on between its beginning and its end.
    if (kind !== "import")
      expect({ subject, versions: steps.map(({ version }) => version) }).toEqual({ subject, versions: steps.map((_, index) => index + 1) });
    for (const [index, step] of steps.entries()) {
      expect({ ...step, before: step.before }).toEqual({ ...step, before: steps[index - 1]?.after ?? null });
      if (MACHINES[kind]) expect({ ...step, drawn: isDrawn(kind, step) }).toEqual({ ...step, drawn: true });
    }
  }
}

function isDrawn(kind: string, { action, before, after }: Step): boolean {
  const verb = action.slice(kind.length + 1);
  return MACHINES[kind]?.[before ?? ""]?.[verb]?.to === after || (BEGINNINGS[kind]?.includes(`${verb}: ${before} to ${after}`) ?? false);
}
