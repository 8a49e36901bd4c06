import { foldSteps, type StreamedRecord } from "../domain/fold.ts";
import type { FoldStore } from "./ports/delivery.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log } from "./ports/world.ts";

interface Deps {
  readonly folds: FoldStore;
  readonly log: Log;
}

/** One transaction takes a hundred items, the checkpoint among them. */
const MOST_ROWS = 99;
/** A second reader of the same shard is a redelivery: it finishes, or we do. */
const TRIES = 5;

/**
 * Adds what a shard's records tell to the tallies, once, whatever is delivered again: each step moves the shard's checkpoint in the
 * transaction that adds. A record that cannot be read is put aside in the same way. @throws Unavailable, for the batch to come again.
 */
export const foldEvents =
  ({ folds, log }: Deps) =>
  async (shard: string, records: readonly StreamedRecord[]): Promise<void> => {
    if (records.length === 0) return;
    for (let tries = 1; tries <= TRIES; tries++) {
      if (await folded({ folds, log }, shard, records)) return;
    }
    throw new Unavailable();
  };

/** False when the checkpoint moved meanwhile: by another reader, or by a step of ours whose answer was lost. */
async function folded({ folds, log }: Deps, shard: string, records: readonly StreamedRecord[]): Promise<boolean> {
  let from = await folds.checkpoint(shard);
  for (const step of foldSteps(records, from, MOST_ROWS)) {
    if (!(await folds.advance(shard, from, step))) return false;
    for (const sequence of step.aside) log("error", "record-put-aside", { shard, sequence });
    from = step.to;
  }
  return true;
}
