import { type AuditEvent, concernOf } from "../domain/audit.ts";
import type { User } from "../domain/authorisation.ts";
import {
  advanced,
  beginImport,
  type Claims,
  type Counts,
  counted,
  finished,
  type Import,
  importedKeyOf,
  NO_COUNTS,
  type Outcome,
  type Plan,
  planRow,
  type ReadRow,
} from "../domain/import.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Season } from "../domain/season.ts";
import type { Ground } from "../domain/whitelist-row.ts";
import type { ApplicationStore, Catalogue, Commitment, ImportedRow, ImportStore, NewId, Now, RowIdentity, SeasonStore } from "./ports.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly imports: ImportStore;
  readonly applications: Pick<ApplicationStore, "placesTaken">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly catalogue: Pick<Catalogue, "surface">;
  readonly rows: RowIdentity;
  readonly now: Now;
  readonly newId: NewId;
}

/** What is to be taken in, by whom, and who is told of each row. */
export interface ImportOrder {
  readonly user: User;
  readonly surface: string;
  readonly season: string;
  /** Says what a real run would do, and writes nothing. */
  readonly dryRun: boolean;
  /** The import to go on with; undefined for a new one. */
  readonly resume: string | undefined;
  /** The file's rows, in order, from its first. */
  readonly groups: AsyncIterable<readonly ReadRow[]>;
  /** Progress is kept each time so many rows are done; the same for a resumed run. */
  readonly blockRows?: number;
  /** Told once the import has its id. */
  readonly onBegun?: (begun: Import) => void;
  /** Told of rows once they are done. */
  readonly onOutcomes?: (outcomes: readonly Outcome[]) => void;
}

export interface ImportResult {
  readonly import: Import;
  readonly counts: Counts;
}

/** Some twenty-five transactions. */
const BLOCK_ROWS = 500;
/** How often a row is planned anew that met something else than it was planned on. */
const MOST_PLANS = 3;

/**
 * Takes a whole file into the whitelist: an attester's turns key one of each row's brand, a reviewer's key two. Stopped
 * anywhere and resumed, it ends as if it had not been.
 * @throws Refusal `forbidden`, `not-found`, `season-not-open-to-applications`, `not-admissible`, `self-review`, `wrong-state`,
 *   `import-differs` when a resumed file does not begin as it did, `changed-meanwhile` when somebody else runs it; Unavailable.
 */
export const importWhitelist =
  (deps: Deps) =>
  async (order: ImportOrder): Promise<ImportResult> => {
    const { user, dryRun, resume, blockRows = BLOCK_ROWS } = order;
    const into = resume === undefined ? await begun(deps, order) : within(user, await deps.imports.get(resume));
    if (into.key !== importedKeyOf(user.role)) throw new Refusal("forbidden");
    if (into.state === "finished") return { import: into, counts: into.counts };
    order.onBegun?.(into);
    const run = await openRun(deps, into, dryRun);
    const blocks = inBlocks(resumed(deps, run, order.groups, blockRows), blockRows);

    let writing: Promise<void> = Promise.resolve();
    for await (const block of blocks) {
      // What a block meets is read while the one before it is written: rows claim what they take, so neither misses the other.
      const planned = await plansOf(deps, run, block);
      await writing;
      writing = finishBlock(deps, run, block, planned, order);
      // Waited for at the next turn or below; without this, a failure before would end the process.
      writing.catch(() => {});
    }
    await writing;
    if (dryRun) return { import: run.import, counts: run.counts };
    const done = finished(run.import);
    await deps.imports.finish(done, commitmentOf(done, deps.newId("evt"), deps.now(), user, "import:finish", run.import.state));
    return { import: done, counts: done.counts };
  };

interface Run {
  import: Import;
  counts: Counts;
  readonly user: Pick<User, "sub" | "role" | "tenant">;
  readonly ground: Ground;
  readonly claims: Claims;
  readonly capacity: number | null;
  readonly dryRun: boolean;
}

async function begun(deps: Deps, { user, surface, season: id, dryRun }: ImportOrder): Promise<Import> {
  const key = importedKeyOf(user.role);
  if (!key) throw new Refusal("forbidden");
  const season = await seasonFor(deps, id);
  within(user, { brand: "", marketplace: season.marketplace, host: season.host });
  const into = beginImport({ id: deps.newId("imp"), key, surface, season, by: user.sub, at: deps.now() });
  if (!dryRun) await deps.imports.begin(into, commitmentOf(into, deps.newId("evt"), into.begunAt, user, "import:begin", null));
  return into;
}

async function seasonFor({ seasons }: Pick<Deps, "seasons">, id: string): Promise<Season> {
  const season = await seasons.get(id);
  if (!season) throw new Refusal("not-found");
  return season;
}

async function openRun(deps: Deps, into: Import, dryRun: boolean): Promise<Run> {
  const season = await seasonFor(deps, into.season);
  if (season.status !== "scheduled" && season.status !== "open") throw new Refusal("season-not-open-to-applications");
  const capacity = season.admissions.find(({ surface }) => surface === into.surface)?.capacity ?? null;
  const places = capacity === null ? Number.POSITIVE_INFINITY : capacity - (await deps.applications.placesTaken(into.surface, season.id));
  const templates = deps.catalogue.surface(into.surface)?.templates.map(({ id }) => id) ?? [];
  return {
    import: into,
    counts: NO_COUNTS,
    user: {
      sub: into.by,
      role: into.key === "grant" ? "reviewer" : "attester",
      tenant: into.key === "grant" ? into.host : into.marketplace,
    },
    ground: { season, surface: into.surface, templates, at: into.begunAt },
    claims: { brands: new Set(), names: new Map(), places },
    capacity,
    dryRun,
  };
}

/** The rows still to be taken in. Those before are read again, for their digest and the brands they are about. */
async function* resumed({ rows }: Deps, { import: into, claims }: Run, groups: AsyncIterable<readonly ReadRow[]>, blockRows: number) {
  let skipped: ReadRow[] = [];
  let digest = "";
  let taken = 0;
  for await (const group of groups) {
    if (taken === into.rows) {
      yield group;
      continue;
    }
    for (const [index, read] of group.entries()) {
      skipped.push(read);
      if (!("faults" in read.said)) claims.brands.add(read.said.brand);
      taken++;
      if (skipped.length === blockRows || taken === into.rows) {
        digest = rows.chain(digest, skipped);
        skipped = [];
      }
      if (taken < into.rows) continue;
      if (digest !== into.digest) throw new Refusal("import-differs");
      yield group.slice(index + 1);
      break;
    }
  }
  if (taken < into.rows) throw new Refusal("import-differs");
}

/** Groups of any size as blocks of one. */
async function* inBlocks(groups: AsyncIterable<readonly ReadRow[]>, size: number): AsyncGenerator<readonly ReadRow[]> {
  let block: ReadRow[] = [];
  for await (const group of groups)
    for (const row of group) {
      block.push(row);
      if (block.length < size) continue;
      yield block;
      block = [];
    }
  if (block.length > 0) yield block;
}

type Planned = Plan & { readonly write: ImportedRow | undefined };

/** What becomes of rows, on what is stored now. `instead`: the plans that these are made in place of. */
async function plansOf(
  { imports, rows }: Deps,
  run: Run,
  reads: readonly ReadRow[],
  instead: readonly Planned[] = [],
): Promise<readonly Planned[]> {
  const asked = reads.map(({ row, said }) => ("faults" in said ? undefined : { row: said, ids: rows.idsOf(run.import, row, said.brand) }));
  const standings = await imports.standings(run.import, asked);
  // Not before: what a row has claimed is not to be had by a later one that is planned meanwhile.
  for (const plan of instead) unclaim(run.claims, plan);
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

async function finishBlock(
  deps: Deps,
  run: Run,
  block: readonly ReadRow[],
  planned: readonly Planned[],
  order: ImportOrder,
): Promise<void> {
  const outcomes = run.dryRun ? planned.map(({ outcome }) => outcome) : await written(deps, run, block, planned, MOST_PLANS);
  run.counts = counted(run.counts, outcomes);
  run.import = advanced(run.import, outcomes, deps.rows.chain(run.import.digest, block));
  if (!run.dryRun)
    await deps.imports.advance(
      run.import,
      outcomes.filter(({ outcome }) => outcome === "refused"),
    );
  order.onOutcomes?.(outcomes);
}

/** Writes what is planned; a row that met something else meanwhile is planned anew. @returns what became of each. */
async function written(
  deps: Deps,
  run: Run,
  reads: readonly ReadRow[],
  planned: readonly Planned[],
  plansLeft: number,
): Promise<Outcome[]> {
  const writes = planned.flatMap(({ write }) => write ?? []);
  const made = await deps.imports.write(run.import, writes, run.capacity);
  const missed = new Set(writes.filter((_, index) => !made[index]));
  const outcomes = planned.map(({ outcome }) => outcome);
  const again = planned.flatMap(({ write }, index) => (write && missed.has(write) ? [index] : []));
  if (again.length === 0) return outcomes;
  if (plansLeft <= 1) {
    for (const index of again) outcomes[index] = refusedMeanwhile(outcomes[index]);
    return outcomes;
  }
  if (run.capacity !== null)
    run.claims.places = run.capacity - (await deps.applications.placesTaken(run.import.surface, run.import.season));
  const reread = again.flatMap((index) => reads[index] ?? []);
  const instead = again.flatMap((index) => planned[index] ?? []);
  const replanned = await written(deps, run, reread, await plansOf(deps, run, reread, instead), plansLeft - 1);
  again.forEach((index, position) => {
    const outcome = replanned[position];
    if (outcome) outcomes[index] = outcome;
  });
  return outcomes;
}

function unclaim(claims: Claims, { row, write }: Planned): void {
  if (!row) return;
  claims.brands.delete(row.brand);
  for (const { skeleton } of write?.standing.names ?? []) claims.names.delete(skeleton);
}

const refusedMeanwhile = (outcome: Outcome | undefined): Outcome => ({
  row: outcome?.row ?? 0,
  outcome: "refused",
  brand: outcome?.brand ?? null,
  id: null,
  fields: [],
  reasons: [{ code: "changed-meanwhile", field: "", detail: "Somebody else changed it again and again; import it anew." }],
});

/** Everything of it follows from the import and the row, so that a row written twice is written once. */
function rowCommitment({ import: into, user }: Run, { key, ids, outcome }: Plan, before: string | null): Commitment {
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

const commitmentOf = (
  into: Import,
  id: string,
  at: number,
  { sub, role, tenant }: User,
  action: string,
  before: string | null,
): Commitment => ({
  event: {
    id,
    at,
    actor: { sub, role, tenant },
    action,
    subject: `import/${into.id}`,
    concern: { host: into.host, marketplace: into.marketplace, brand: null, season: into.season, surfaces: [into.surface] },
    effects: [],
    version: into.version,
    before,
    after: into.state,
    why: null,
    requestId: into.id,
  },
  receipt: null,
});
