/** Which part of a list is read: `limit` things behind the position `after`. */
export interface PageWanted {
  readonly limit: number;
  readonly after: string | null;
}

/** A part of a list. `next`: the position behind which there is more, or null at the end. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
