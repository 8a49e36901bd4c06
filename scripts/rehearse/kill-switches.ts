import type { InProcess, Reply } from "../local/in-process.ts";
import type { Agenda } from "./agenda.ts";
import { type Ledger, type SwitchRecord, transition } from "./ledger.ts";
import type { Findings } from "./promises.ts";
import type { Random } from "./random.ts";
import type { Timetable } from "./timetable.ts";

interface Deps {
  readonly call: InProcess["call"];
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  readonly findings: Findings;
  readonly times: Timetable;
  readonly heard: (reply: Reply, at: number) => void;
  /** Sends viewers to look, from an instant on. */
  readonly look: (at: number) => void;
}

const MINUTE_MS = 60_000;

/** One throw in each of these: what it stops, how long it stands, and at which share of a phase it is thrown. */
const THROWS = [
  { level: "season", minutes: 20, share: 0.35 },
  { level: "phase", minutes: 20, share: 0.45 },
  { level: "surface", minutes: 20, share: 0.55 },
  { level: "brand", minutes: 600, share: 0.15 },
  { level: "brand", minutes: 600, share: 0.65 },
  { level: "card", minutes: 600, share: 0.75 },
] as const;

/** The host's operator throws a switch of each level in mid-season, and lifts it again. */
export function putSwitches(deps: Deps, random: Random): void {
  const { agenda, times } = deps;
  for (const { level, minutes, share } of THROWS) {
    const phase = random.of(times.phases);
    const length = phase.closesAt - phase.opensAt;
    const thrownAt = Math.floor(phase.opensAt + length * (share + random() * 0.03));
    // In a short phase, one that stands for a short while.
    const liftedAt = thrownAt + Math.min(minutes * MINUTE_MS, Math.floor(length * 0.04));
    const pick = random();
    agenda.put(thrownAt, async () => {
      const target = targetOf(deps, level, phase.id, pick);
      const id = target && (await throwOne(deps, target, thrownAt));
      if (id) agenda.put(liftedAt, () => liftOne(deps, id, liftedAt));
    });
  }
}

type Target = { readonly level: string } & Omit<SwitchRecord, "thrownAt" | "liftedAt">;

function targetOf({ times, ledger }: Deps, level: (typeof THROWS)[number]["level"], phase: string, pick: number): Target | undefined {
  const shown = [...ledger.brands.values()].filter(({ cards }) => cards.some(({ approvedAt }) => approvedAt !== null));
  const brand = shown[Math.floor(pick * shown.length)];
  const card = brand?.cards.find(({ approvedAt }) => approvedAt !== null);
  if (level === "season") return { level, season: times.id };
  if (level === "phase") return { level, season: times.id, phase };
  if (level === "surface") return { level, surface: times.admissions[0]?.surface ?? "" };
  if (level === "brand") return brand && { level, brand: brand.id };
  return card && { level, card: card.id };
}

async function throwOne({ call, ledger, findings, heard, look }: Deps, target: Target, at: number): Promise<string | undefined> {
  const reply = await call("POST /v1/switches", { as: "operator", body: { ...target, reason: "A rehearsal." } });
  heard(reply, at);
  findings.check("rules", at, reply.requestId, reply.status !== 201 && `a switch of level ${target.level}: ${reply.text}`);
  if (reply.status !== 201) return undefined;
  const { level: _, ...aim } = target;
  transition(ledger, `switch/${reply.body.id}`, "switch:throw");
  ledger.switches.set(reply.body.id, { ...aim, thrownAt: at, liftedAt: null });
  look(at);
  return reply.body.id;
}

async function liftOne({ call, ledger, findings, heard, look }: Deps, id: string, at: number): Promise<void> {
  const request = { as: "operator", params: { switch: id }, body: { reason: "The rehearsal goes on." } } as const;
  const reply = await call("POST /v1/switches/{switch}/lifting", request);
  heard(reply, at);
  findings.check("rules", at, reply.requestId, reply.status !== 201 && `a switch is lifted: ${reply.text}`);
  const record = ledger.switches.get(id);
  if (reply.status !== 201 || !record) return;
  transition(ledger, `switch/${id}`, "switch:lift");
  record.liftedAt = at;
  look(at);
}
