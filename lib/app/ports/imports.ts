import type { Attestation } from "../../domain/attestation.ts";
import type { Grant } from "../../domain/grant.ts";
import type { Import, Outcome, ReadRow, RowIds, Standing } from "../../domain/import.ts";
import type { Part } from "../../domain/import-part.ts";
import type { WhitelistRow } from "../../domain/whitelist-row.ts";
import type { Commitment } from "./call.ts";

export interface AskedRow {
  readonly row: WhitelistRow;
  readonly ids: RowIds;
}

/** A row to be written: the key as it will be, and the places and names it has to hold for its brand. */
export interface ImportedRow {
  readonly key: Attestation | Grant;
  readonly standing: Standing;
  readonly commitment: Commitment;
}

/** Imports of the whitelist, and the keys they turn. @throws Unavailable. */
export interface ImportStore {
  get(id: string): Promise<Import | undefined>;
  /** @throws Refusal `self-review` when the person has imported the other key of this whitelist. */
  begin(into: Import, commitment: Commitment): Promise<void>;
  /** What each row meets; undefined for one that says nothing. In order. */
  standings(into: Import, rows: readonly (AskedRow | undefined)[]): Promise<readonly (Standing | undefined)[]>;
  /** Writes whole rows, several to a transaction, each all or nothing. In order: whether each was written; not, when it met something else than it was planned on. */
  write(into: Import, rows: readonly ImportedRow[], capacity: number | null): Promise<readonly boolean[]>;
  /** Keeps how far the import is, with the rows it refused on the way. @throws Refusal `changed-meanwhile` when somebody else runs it. */
  advance(into: Import, refused: readonly Outcome[]): Promise<void>;
  /** Keeps who has the next part in hand: one attempt of several at once. @throws Refusal `changed-meanwhile`. */
  hold(into: Import, attempt: string): Promise<void>;
  /** As `advance`, with a whole part, once. `claimed`: what its rows claim of those to come. */
  endPart(into: Import, part: Part, claimed: Claimed): Promise<void>;
  /** As it was answered; undefined when it has not been taken in. */
  part(id: string, part: number): Promise<Part | undefined>;
  /** What the rows of all parts so far have claimed. */
  claimed(id: string): Promise<Claimed>;
  finish(into: Import, commitment: Commitment): Promise<void>;
  /** Of the rows refused so far, in order, `limit` of those behind row `after`; `next` is the last of them when there are more. */
  refused(id: string, page: { readonly limit: number; readonly after: number }): Promise<RefusedPage>;
}

/** Brands that rows of an import are about, and for a dry run the looks of the names that they would hold. */
export interface Claimed {
  readonly brands: readonly string[];
  readonly names: readonly string[];
}

export interface RefusedPage {
  readonly refused: readonly Outcome[];
  readonly next: number | null;
}

/** Text that was sent as it is: a list in one of the forms that are read. */
export interface SentList {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The rows of a list, numbered from 1. @throws Refusal `not-a-list`. */
export type ReadList = (list: SentList) => Promise<readonly ReadRow[]>;

/** Ids that follow from what they stand for, so that a row taken in twice is the same row. */
export interface RowIdentity {
  idsOf(into: Import, row: number, brand: string): RowIds;
  /** The digest of rows, chained to that of the rows before. */
  chain(digest: string, rows: readonly ReadRow[]): string;
  /** The digest of a list as it was sent, byte by byte. */
  contentOf(list: SentList): string;
}
