import type { User } from "../domain/authorisation.ts";
import { advanced, expectImporter, finished, type Import, type Outcome, type ReadRow } from "../domain/import.ts";
import { Refusal } from "../domain/refusal.ts";
import { importCommitment } from "./import-events.ts";
import { done, type Planned, plansOf } from "./import-rows.ts";
import { type ImportDeps, type ImportWish, newImport, openRun, type Run } from "./import-run.ts";
import { inBlocks, resumed } from "./import-stream.ts";
import { within } from "./reach.ts";

/** What is to be taken in, by whom, and who is told of each row. */
export interface ImportOrder extends ImportWish {
  readonly user: User;
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

/** Some twenty-five transactions. */
const BLOCK_ROWS = 500;

/**
 * Takes a whole file into the whitelist: an attester's turns key one of each row's brand, a reviewer's key two. Stopped
 * anywhere and resumed, it ends as if it had not been. A dry run is kept nowhere.
 * @throws Refusal `forbidden`, `not-found`, `not-the-importer`, `season-not-open-to-applications`, `not-admissible`, `self-review`,
 *   `wrong-state`, `import-differs` when a resumed file does not begin as it did, `changed-meanwhile` when somebody else runs it; Unavailable.
 */
export const importWhitelist =
  (deps: ImportDeps) =>
  async (order: ImportOrder): Promise<Import> => {
    const { user, resume, dryRun, blockRows = BLOCK_ROWS } = order;
    const into = resume === undefined ? await begun(deps, order) : await goneOnWith(deps, order, resume);
    if (into.state === "finished") return into;
    order.onBegun?.(into);
    const run = await openRun(deps, into, { brands: new Set(), names: new Set() });
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
    if (dryRun) return run.import;
    const whole = finished(run.import);
    await deps.imports.finish(whole, importCommitment(deps, { user, requestId: whole.id }, "finish", whole));
    return whole;
  };

async function begun(deps: ImportDeps, order: ImportOrder): Promise<Import> {
  const { user, dryRun } = order;
  const into = await newImport(deps, user, order, false);
  if (!dryRun) await deps.imports.begin(into, importCommitment(deps, { user, requestId: into.id }, "begin", into));
  return into;
}

async function goneOnWith({ imports }: ImportDeps, { user, dryRun }: ImportOrder, id: string): Promise<Import> {
  const into = within(user, await imports.get(id));
  expectImporter(into, user);
  if (into.parts !== null || into.dryRun !== dryRun) throw new Refusal("wrong-state");
  return into;
}

async function finishBlock(
  deps: ImportDeps,
  run: Run,
  block: readonly ReadRow[],
  planned: readonly Planned[],
  { dryRun, onOutcomes }: ImportOrder,
): Promise<void> {
  const outcomes = await done(deps, run, block, planned);
  run.import = advanced(run.import, outcomes, deps.rows.chain(run.import.digest, block));
  if (!dryRun)
    await deps.imports.advance(
      run.import,
      outcomes.filter(({ outcome }) => outcome === "refused"),
    );
  onOutcomes?.(outcomes);
}
