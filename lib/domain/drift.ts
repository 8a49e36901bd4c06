import { type Addition, addTo, type CountedRow } from "./fold.ts";

/** A counter whose row says something else than the events do. */
export interface Drift {
  readonly row: CountedRow;
  readonly counter: string;
  /** What the events come to. */
  readonly events: number;
  /** What the row says. */
  readonly counted: number;
}

/** Every counter that differs, in order of row and counter; what is not there counts nothing. */
export function driftBetween(events: Iterable<Addition>, counted: Iterable<Addition>): readonly Drift[] {
  const [due, found] = [byRow(events), byRow(counted)];
  const names = [...new Set([...due.keys(), ...found.keys()])].sort();
  return names.flatMap((name) => {
    const row = due.get(name) ?? found.get(name);
    if (!row) return [];
    const [now, then] = [due.get(name)?.counters ?? {}, found.get(name)?.counters ?? {}];
    return [...new Set([...Object.keys(now), ...Object.keys(then)])]
      .sort()
      .map((counter) => ({ row: { kind: row.kind, place: row.place }, counter, events: now[counter] ?? 0, counted: then[counter] ?? 0 }))
      .filter((drift) => drift.events !== drift.counted);
  });
}

function byRow(additions: Iterable<Addition>): ReadonlyMap<string, Addition> {
  const rows = new Map<string, Addition>();
  for (const addition of additions) addTo(rows, addition);
  return rows;
}
