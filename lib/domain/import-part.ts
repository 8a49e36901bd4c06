import { advanced, type Counts, counted, type Import, NO_COUNTS, type Outcome } from "./import.ts";
import { Refusal } from "./refusal.ts";
import type { Instant } from "./window.ts";

/** Most rows of one part: some 25 transactions, of which a function does many times as many before it is stopped. */
export const MOST_ROWS = 500;

/** A part of a list that was taken in: which rows of the list it has, and what became of them. Never altered. */
export interface Part {
  readonly part: number;
  /** Digest of what was sent, byte by byte. */
  readonly content: string;
  /** Of the list, both included. */
  readonly rows: { readonly first: number; readonly last: number };
  readonly counts: Counts;
  /** Of each row but the unchanged, in order. */
  readonly outcomes: readonly Outcome[];
}

/** The same answer to the same part. @throws Refusal `import-differs`. */
export function answered(part: Part, content: string): Part {
  if (part.content !== content) throw new Refusal("import-differs");
  return part;
}

/**
 * The import while somebody takes in its next part. Whoever comes meanwhile waits until `until`: two who judged the same rows
 * at once could each tell another story of them. What the part says is settled with this, also if it is stopped.
 * @throws Refusal `wrong-state`, `part-out-of-order`, `import-differs`, `part-under-way`.
 */
export function takePart(into: Import, part: number, content: string, { at, until }: { at: Instant; until: Instant }): Import {
  const { parts, underWay } = into;
  if (parts === null || into.state !== "open") throw new Refusal("wrong-state");
  if (part !== parts + 1)
    throw new Refusal("part-out-of-order", [{ code: "part-out-of-order", field: "", detail: `Part ${parts + 1} is next.` }]);
  if (underWay && underWay.content !== content) throw new Refusal("import-differs");
  if (underWay && at < underWay.until) throw new Refusal("part-under-way");
  return { ...into, underWay: { content, until }, version: into.version + 1 };
}

/** The import when whoever took the part in has stopped: anybody who sends it again goes on. */
export const releasePart = (into: Import): Import => ({
  ...into,
  underWay: into.underWay && { ...into.underWay, until: 0 },
  version: into.version + 1,
});

/** The import with the part under way taken in, and the part. */
export function endPart(before: Import, outcomes: readonly Outcome[], digest: string): { readonly after: Import; readonly part: Part } {
  const { parts, underWay, rows } = before;
  if (parts === null || !underWay) throw new Error("no part is under way");
  const part = {
    part: parts + 1,
    content: underWay.content,
    rows: { first: rows + 1, last: rows + outcomes.length },
    counts: counted(NO_COUNTS, outcomes),
    outcomes: outcomes.filter(({ outcome }) => outcome !== "unchanged"),
  };
  return { after: { ...advanced(before, outcomes, digest), parts: part.part, underWay: null }, part };
}

/** All parts are in, as many as whoever sent them says, and none half. @throws Refusal `import-differs`, `part-under-way`, `wrong-state`. */
export function expectAll({ parts, underWay }: Import, sent: number): void {
  if (parts === null) throw new Refusal("wrong-state");
  if (underWay) throw new Refusal("part-under-way");
  if (parts !== sent)
    throw new Refusal("import-differs", [{ code: "parts-missing", field: "/parts", detail: `Taken in so far: ${parts}.` }]);
}
