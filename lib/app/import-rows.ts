import { type Outcome, type Plan, planRow, type ReadRow } from "../domain/import.ts";
import { rowCommitment } from "./import-events.ts";
import { type ImportDeps, placesLeft, type Run } from "./import-run.ts";
import type { ImportedRow } from "./ports/imports.ts";

/** How often a row is planned anew that met something else than it was planned on. */
const MOST_PLANS = 3;

export type Planned = Plan & { readonly write: ImportedRow | undefined };

/** What becomes of rows, on what is stored now. `instead`: the plans that these are made in place of. */
export async function plansOf(
  { imports, rows }: ImportDeps,
  run: Run,
  reads: readonly ReadRow[],
  instead: readonly Planned[] = [],
): Promise<readonly Planned[]> {
  const asked = reads.map(({ row, said }) => ("faults" in said ? undefined : { row: said, ids: rows.idsOf(run.import, row, said.brand) }));
  const standings = await imports.standings(run.import, asked);
  // Not before: what a row has claimed is not to be had by a later one that is planned meanwhile.
  for (const plan of instead) unclaim(run, plan);
  return reads.map((read, index) => {
    const standing = standings[index] ?? NOTHING;
    const plan = planRow(read, run.import, run.ground, standing, run.claims, asked[index]?.ids ?? NO_IDS);
    return {
      ...plan,
      write: plan.key && { key: plan.key, standing, commitment: rowCommitment(run, plan, standing.key?.thing.state ?? null) },
    };
  });
}

const NOTHING = { key: undefined, place: undefined, names: [] } as const;
const NO_IDS = { entry: "", grant: "", event: "" } as const;

/** Does what is planned, unless it is a dry run; a row that met something else meanwhile is planned anew. @returns what became of each. */
export async function done(
  deps: ImportDeps,
  run: Run,
  reads: readonly ReadRow[],
  planned: readonly Planned[],
  plansLeft = MOST_PLANS,
): Promise<Outcome[]> {
  const outcomes = planned.map(({ outcome }) => outcome);
  if (run.import.dryRun) return outcomes;
  const writes = planned.flatMap(({ write }) => write ?? []);
  const made = await deps.imports.write(run.import, writes, run.capacity);
  const missed = new Set(writes.filter((_, index) => !made[index]));
  const again = planned.flatMap(({ write }, index) => (write && missed.has(write) ? [index] : []));
  if (again.length === 0) return outcomes;
  if (plansLeft <= 1) {
    for (const index of again) outcomes[index] = refusedMeanwhile(outcomes[index]);
    return outcomes;
  }
  run.claims.places = await placesLeft(deps, run.import, run.capacity);
  const reread = again.flatMap((index) => reads[index] ?? []);
  const instead = again.flatMap((index) => planned[index] ?? []);
  const replanned = await done(deps, run, reread, await plansOf(deps, run, reread, instead), plansLeft - 1);
  again.forEach((index, position) => {
    const outcome = replanned[position];
    if (outcome) outcomes[index] = outcome;
  });
  return outcomes;
}

function unclaim({ claims }: Run, { row, write }: Planned): void {
  if (!row) return;
  claims.brands.delete(row.brand);
  for (const { look } of write?.standing.names ?? []) claims.names.delete(look);
}

const refusedMeanwhile = (outcome: Outcome | undefined): Outcome => ({
  row: outcome?.row ?? 0,
  outcome: "refused",
  brand: outcome?.brand ?? null,
  id: null,
  fields: [],
  reasons: [{ code: "changed-meanwhile", field: "", detail: "Somebody else changed it again and again; import it anew." }],
});
