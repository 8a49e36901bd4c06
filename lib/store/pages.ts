import type { ListPage, PageWanted } from "../app/ports/pages.ts";
import type { Index, Item, Key, Table } from "./table.ts";

interface List {
  readonly index: Index;
  /** The index's partition that is the list. */
  readonly partition: string;
  readonly newestFirst?: true;
  /** The key in the table of the thing that stands at a position, which is its sort key in the index. */
  readonly keyAt: (position: string) => Key;
}

/** A page of a list that an index keeps. One more than is wanted says whether this is the end. */
export async function listPage(
  registry: Table,
  { index, partition, newestFirst, keyAt }: List,
  { limit, after }: PageWanted,
): Promise<ListPage<Item>> {
  const from = after === null ? undefined : { ...keyAt(after), [index.pk]: partition, [index.sk]: after };
  const { items, isLast } = await registry.pageOfIndex(index, partition, { limit: limit + 1, from, backwards: newestFirst });
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: last === undefined || (isLast && items.length <= limit) ? null : String(last[index.sk]) };
}
