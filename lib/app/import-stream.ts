import type { ReadRow } from "../domain/import.ts";
import { Refusal } from "../domain/refusal.ts";
import type { ImportDeps, Run } from "./import-run.ts";

/**
 * The rows still to be taken in. Those before are read again, for their digest and the brands they are about.
 * @throws Refusal `import-differs`.
 */
export async function* resumed(
  { rows }: Pick<ImportDeps, "rows">,
  { import: into, claims }: Run,
  groups: AsyncIterable<readonly ReadRow[]>,
  blockRows: number,
): AsyncGenerator<readonly ReadRow[]> {
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
export async function* inBlocks(groups: AsyncIterable<readonly ReadRow[]>, size: number): AsyncGenerator<readonly ReadRow[]> {
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
