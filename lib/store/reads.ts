import type { Item, Key, Range } from "./table.ts";

/** What serving needs of a table, by whichever client. Consistent. @throws Unavailable. */
export interface Reads {
  get(key: Key): Promise<Item | undefined>;
  /** Every item of the partition whose sort key begins with `prefix`, in order. */
  queryAll(range: Omit<Range, "below">): Promise<Item[]>;
}
