import type { DeliveryEvent } from "./delivery-event.ts";
import { type Counters, countersOf, isOfLinks, type Place, placeOf, summed } from "./tally.ts";

/**
 * A row that counts are added to: of a card in an hour, of where its taps went then, or of what was delivered of its brand then, which
 * stands apart so that fair share reads one small partition.
 */
export interface CountedRow {
  readonly kind: "card" | "links" | "delivered";
  readonly place: Place;
}

/** What is added to one row. A count may be negative: what was counted as one thing turned out to be another. */
export interface Addition extends CountedRow {
  readonly counters: Counters;
}

/** A record of the stream, and what it adds, in an order that is always the same; null when it cannot be read. */
export interface StreamedRecord {
  /** A decimal number of up to 40 digits, rising within a shard. */
  readonly sequence: string;
  readonly additions: readonly (readonly Addition[])[] | null;
}

/** How far a shard of the stream is folded: all records before `sequence`, and of that one so many of its events. */
export interface Checkpoint {
  readonly sequence: string;
  readonly events: number;
}

/** Rows to add to at once, and where the checkpoint is then. */
export interface FoldStep {
  readonly to: Checkpoint;
  readonly sums: readonly Addition[];
  /** Sequence numbers of records that cannot be read: put aside for a person, so that those behind them are folded. */
  readonly aside: readonly string[];
}

/** What an event adds to each row; with `sign` -1 what it no longer adds. */
export function additionsOf(event: DeliveryEvent, sign: 1 | -1 = 1): readonly Addition[] {
  const place = placeOf(event);
  const [bucket = "", ...links] = countersOf(event);
  const isDelivered = event.kind === "impression" && event.invalid === null;
  const counted = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, sign]));
  return [
    { kind: "card", place, counters: counted([bucket]) },
    ...(links.some(isOfLinks) ? [{ kind: "links", place, counters: counted(links) } as const] : []),
    ...(isDelivered ? [{ kind: "delivered", place, counters: counted([bucket]) } as const] : []),
  ];
}

/** The name of a row: the same for the same row. */
export function rowName({ kind, place }: CountedRow): string {
  const { surface, season, brand, campaign, card, phase, hour } = place;
  return kind === "delivered"
    ? `delivered ${surface}#${season}#${hour}#${brand}`
    : `${kind} ${surface}#${season}#${brand}#${campaign}#${card}#${phase}#${hour}`;
}

/**
 * What is still to be folded of records in the order of their shard, in as many steps as it takes, none with more than `mostRows` rows.
 * What is at or before the checkpoint is folded already, however the records are split into batches and however often they come.
 */
export function foldSteps(records: readonly StreamedRecord[], from: Checkpoint | undefined, mostRows: number): readonly FoldStep[] {
  const steps: FoldStep[] = [];
  let step: OpenStep | undefined;
  const grow = (to: Checkpoint, rows: readonly Addition[], aside: readonly string[] = []) => {
    const added = rows.filter((row) => !step?.sums.has(rowName(row))).length + aside.length;
    if (step && step.sums.size + step.aside.length + added > mostRows) {
      steps.push(closed(step));
      step = undefined;
    }
    step ??= { to, sums: new Map(), aside: [] };
    step.to = to;
    step.aside.push(...aside);
    for (const row of rows) addTo(step.sums, row);
  };

  let done = from;
  for (const { sequence, additions } of records) {
    const order = done ? compareSequences(sequence, done.sequence) : 1;
    if (order < 0) continue;
    const already = order === 0 ? (done?.events ?? 0) : 0;
    const last = { sequence, events: Math.max(1, additions?.length ?? 1) };
    if (already >= last.events) continue;
    if (additions === null) grow(last, [], [sequence]);
    else if (additions.length === 0) grow(last, []);
    else for (const [index, rows] of additions.entries()) if (index >= already) grow({ sequence, events: index + 1 }, rows);
    done = last;
  }
  return step ? [...steps, closed(step)] : steps;
}

interface OpenStep {
  to: Checkpoint;
  readonly sums: Map<string, Addition>;
  readonly aside: string[];
}

const closed = ({ to, sums, aside }: OpenStep): FoldStep => ({
  to,
  // What adds nothing is no write.
  sums: [...sums.values()].filter(({ counters }) => Object.values(counters).some((count) => count !== 0)),
  aside,
});

/** Adds to what its row has come to so far, by the row's name. */
export function addTo(sums: Map<string, Addition>, { kind, place, counters }: Addition): void {
  const name = rowName({ kind, place });
  sums.set(name, { kind, place, counters: summed([sums.get(name)?.counters ?? {}, counters]) });
}

/** As numbers, which they are too long for: negative when the first is less. */
export function compareSequences(one: string, other: string): number {
  const [a, b] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
