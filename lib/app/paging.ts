import { type CursorScope, mintCursor, openCursor } from "../domain/cursor.ts";
import type { Signer } from "../domain/event-token.ts";
import type { ListPage, PageWanted } from "./ports/pages.ts";
import type { Now } from "./ports/world.ts";

/** Which part of a list is asked for. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Deps {
  readonly cursors: Signer;
  readonly now: Now;
}

/** A page of a list, and a cursor for the next that leads on in this list for this caller only. @throws Refusal `cursor-invalid`. */
export async function paged<T>(
  { cursors, now }: Deps,
  scope: CursorScope,
  { limit, cursor }: PageQuery,
  read: (page: PageWanted) => Promise<ListPage<T>>,
): Promise<ListPage<T>> {
  const at = now();
  const { items, next } = await read({ limit, after: cursor === undefined ? null : openCursor(cursors, scope, cursor, at) });
  return { items, next: next === null ? null : mintCursor(cursors, scope, next, at) };
}
