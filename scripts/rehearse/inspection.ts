import { createHash } from "node:crypto";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { type Row, rowsOf } from "../local/table-rows.ts";
import { type Ledger, type Placement, transition } from "./ledger.ts";
import type { Findings } from "./promises.ts";
import type { Stage } from "./stage.ts";
import type { Timetable } from "./timetable.ts";

interface Inspection {
  readonly stage: Stage;
  readonly times: Timetable;
  readonly ledger: Ledger;
  readonly findings: Findings;
  readonly at: number;
  readonly mark: string;
  /** The log lines that have to be looked at. */
  readonly lines: readonly string[];
}

/** When all is over: reads everything back, through the API where it has it, and compares it with what was acknowledged. */
export async function inspect(inspection: Inspection): Promise<void> {
  const { stage } = inspection;
  await inspectApplications(inspection);
  await inspectTurns(inspection);
  for (const surface of new Set(inspection.times.admissions.map((admission) => admission.surface)))
    await inspectCounts(inspection, surface);
  const registry = await rowsOf(stage.client, stage.tables.registry);
  inspectAudit(inspection, registry);
  inspectPrivacy(inspection, [...registry, ...(await rowsOf(stage.client, stage.tables.delivery))]);
}

async function inspectApplications({ stage, ledger, findings, at }: Inspection): Promise<void> {
  for (const { id, application, attestations, grants } of ledger.brands.values()) {
    if (!application) continue;
    const { status, body, requestId } = await stage.functions.call("GET /v1/applications/{application}", {
      as: "auditor",
      params: { application: application.id },
    });
    const versions = ledger.transitions.get(`application/${application.id}`)?.length;
    const stands = (keys: typeof attestations) => keys.some(({ turns }) => turns.at(-1)?.current);
    const wrong =
      (status !== 200 && `application ${application.id} of ${id}, acknowledged as ${application.state}, is answered ${status}`) ||
      (body.application.state !== application.state &&
        `application ${application.id} is ${body.application.state}, not ${application.state}`) ||
      (body.application.version !== versions && `application ${application.id} is at ${body.application.version} of ${versions} changes`) ||
      ((body.attestation?.state === "current") !== stands(attestations) &&
        `the attestation of ${id} is ${body.attestation?.state ?? "not there"}`) ||
      (body.grants.some(({ state }: { state: string }) => state === "current") !== stands(grants) &&
        `the grants of ${id} are not as acknowledged`);
    findings.check("applications", at, requestId, wrong);
  }
}

async function inspectTurns({ stage, times, ledger, findings, at }: Inspection): Promise<void> {
  const { status, body, requestId } = await stage.functions.call("GET /v1/seasons/{season}", {
    as: "auditor",
    params: { season: times.id },
  });
  const recorded: readonly { to: string; officialAt: string; actualAt: string }[] = status === 200 ? body.turns : [];
  const { opens, closes, reportFinal } = times.instants;
  const due = [
    ["open", opens],
    ["closed", closes],
    ["archived", reportFinal],
  ] as const;
  const told = (turns: readonly (readonly [string, number])[]) =>
    turns.map(([to, instant]) => `${to} at ${new Date(instant).toISOString()}`).join(", ");
  const found = recorded.map(({ to, officialAt }) => [to, Date.parse(officialAt)] as const);
  findings.check("turns", at, requestId, told(found) !== told(due) && `${told(found) || "nothing"}; due: ${told(due)}`, due.length);
  const early = recorded.find(({ officialAt, actualAt }) => Date.parse(actualAt) < Date.parse(officialAt));
  findings.check("turns", at, requestId, early && `${early.to} was recorded at ${early.actualAt}, before its time`, 0);
  for (const _ of due) transition(ledger, `season/${times.id}`, "season:turn");
}

/** Rows as `card phase: counts`, sorted, so that two reports can be compared and their difference told. */
const rowsOfReport = (rows: ReadonlyMap<string, readonly [number, number, number]>) =>
  [...rows].map(([key, counts]) => `${key}: ${counts.join(" ")}`).sort();

async function inspectCounts({ stage, times, ledger, findings, at }: Inspection, surface: string): Promise<void> {
  const query = { season: times.id, surface };
  const { status, body, requestId } = await stage.functions.call("GET /v1/reports/delivery", { as: "auditor", query });
  const reported = new Map<string, [number, number, number]>();
  type Counts = { impressions: number; clicks: number };
  type ReportRow = Omit<Placement, "click"> & Counts & { late: Counts; invalid: { clicks: Record<string, number> } };
  for (const row of (status === 200 ? body.rows : []) as ReportRow[]) {
    const invalid = Object.values(row.invalid.clicks).reduce((sum, count) => sum + count, 0);
    reported.set(rowName(row), [row.impressions + row.late.impressions, row.clicks + row.late.clicks, invalid]);
  }
  const acknowledged = new Map<string, [number, number, number]>();
  let events = 0;
  for (const placement of ledger.placements.values()) {
    if (ledger.brands.get(placement.brand)?.surface !== surface || (!placement.impression && placement.click === undefined)) continue;
    const counts = acknowledged.get(rowName(placement)) ?? [0, 0, 0];
    counts[0] += placement.impression ? 1 : 0;
    counts[1] += placement.click === "valid" ? 1 : 0;
    counts[2] += placement.click === "no-impression" ? 1 : 0;
    events += (placement.impression ? 1 : 0) + (placement.click ? 1 : 0);
    acknowledged.set(rowName(placement), counts);
  }
  const [have, due] = [new Set(rowsOfReport(reported)), new Set(rowsOfReport(acknowledged))];
  const wrong = [...[...have].filter((row) => !due.has(row)), ...[...due].filter((row) => !have.has(row)).map((row) => `due: ${row}`)];
  const said = `the report and what was acknowledged differ (impressions, clicks, invalid clicks): ${wrong.slice(0, 4).join("; ")}`;
  findings.check("counts", at, requestId, wrong.length > 0 && said, events);
}

const rowName = ({ brand, campaign, card, phase }: Pick<Placement, "brand" | "campaign" | "card" | "phase">) =>
  `${brand} ${campaign} ${card} ${phase}`;

function inspectAudit({ ledger, findings, at }: Inspection, registry: readonly Row[]): void {
  const audited = new Map<string, string[]>();
  for (const row of registry) {
    if (!row["pk"]?.S?.startsWith("AUDIT#")) continue;
    const { subject, action } = unmarshall(row)["doc"];
    audited.set(subject, [...(audited.get(subject) ?? []), action]);
  }
  for (const subject of new Set([...audited.keys(), ...ledger.transitions.keys()])) {
    const [have, due] = [(audited.get(subject) ?? []).toSorted().join(", "), (ledger.transitions.get(subject) ?? []).toSorted().join(", ")];
    const said = `the audit of ${subject} has ${have || "nothing"}, and acknowledged was ${due || "nothing"}`;
    findings.check("audit", at, null, have !== due && said, ledger.transitions.get(subject)?.length ?? 1);
  }
}

/** Viewers whose plain digests are looked for as well. */
const DIGESTED = 50;

function inspectPrivacy({ findings, at, mark, lines }: Inspection, rows: readonly Row[]): void {
  const hashes = Array.from({ length: DIGESTED }, (_, n) => createHash("sha256").update(`${mark}-${n}`).digest());
  const forbidden = [mark, ...hashes.flatMap((hash) => [hash.toString("hex"), hash.toString("base64"), hash.toString("base64url")])];
  const holds = (text: string) => forbidden.some((each) => text.includes(each));
  const line = lines.find((each) => each.includes(mark));
  findings.check("privacy", at, null, line && `a log line holds a viewer's key: ${line.slice(0, 200).replace(mark, "…")}`);
  for (const row of rows) findings.check("privacy", at, null, holds(JSON.stringify(row)) && `row ${row["pk"]?.S} holds a viewer's key`);
}
