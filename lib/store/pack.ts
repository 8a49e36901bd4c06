import { createHash } from "node:crypto";
import type { Commitment } from "../app/ports/call.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Count, commit, transactItem, type Write, withRecords } from "./commit.ts";
import { ConditionFailed } from "./condition-failed.ts";
import type { Table } from "./table.ts";

/** One change with all that is saved with it. What it counts is counted once for all changes of its transaction. */
export interface Change {
  readonly writes: readonly Write[];
  readonly count: Count | undefined;
  readonly commitment: Commitment;
}

/** AWS takes at most so many items in one transaction; the 4 MB it also takes are far: the schemas allow no item of 40 kB. */
const MOST_ITEMS = 100;

interface Packed extends Change {
  readonly all: readonly Write[];
}

/**
 * Commits changes, several to a transaction, at most `inFlight` transactions at a time. Each change is all or nothing with
 * an audit event and an outbox entry of its own; where a transaction is refused, each of its changes is tried alone.
 * No two changes may write the same item. All counts have to be of one item.
 *
 * @returns for each change whether it was made. @throws Unavailable; some may then have been made: `commit` on their items tells.
 */
export async function commitAll(table: Table, changes: readonly Change[], inFlight: number): Promise<readonly boolean[]> {
  const made = new Map<Change, boolean>();
  const packs = packed(changes.map((change) => ({ ...change, all: withRecords(change.writes, change.commitment), of: change })));
  let next = 0;
  const work = async () => {
    for (let pack = packs[next++]; pack; pack = packs[next++]) {
      const whole = pack.length > 1 && (await commitPack(table, pack));
      for (const { of } of pack) made.set(of, whole || (await commitAlone(table, of)));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return changes.map((change) => made.get(change) ?? false);
}

/** In order, as many to a transaction as fit. One place is kept for the count. */
function packed<T extends Packed>(changes: readonly T[]): readonly T[][] {
  const packs: T[][] = [];
  let items = MOST_ITEMS;
  for (const change of changes) {
    items += change.all.length;
    if (items > MOST_ITEMS - 1) {
      packs.push([]);
      items = change.all.length;
    }
    packs.at(-1)?.push(change);
  }
  return packs;
}

async function commitPack(table: Table, pack: readonly Packed[]): Promise<boolean> {
  const counts = pack.flatMap(({ count }) => count ?? []);
  const [first] = counts;
  const total = first && { ...first, add: counts.reduce((sum, { add }) => sum + add, 0) };
  const items = pack.flatMap(({ all, commitment }) => all.map((write) => transactItem(table.name, write, commitment.event.id)));
  try {
    await table.transact(total ? [...items, transactItem(table.name, total, "")] : items, tokenOf(pack));
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

async function commitAlone(table: Table, { writes, count, commitment }: Change): Promise<boolean> {
  try {
    await commit(table, count ? [...writes, count] : writes, commitment);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The same changes with the same writes are the same transaction, whoever sends it (reliability.md §6.5). */
function tokenOf(pack: readonly Packed[]): string {
  const hash = createHash("sha256");
  for (const { all, count, commitment } of pack) {
    hash.update(`${commitment.event.id} ${commitment.event.version} ${count ? count.add : 0}`);
    for (const { key } of all) hash.update(` ${key.pk} ${key.sk}`);
  }
  return hash.digest("hex").slice(0, 36);
}
