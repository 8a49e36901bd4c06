import { type CountedHour, startOfHour } from "../domain/decision-count.ts";
import type { Instant } from "../domain/window.ts";
import { type FreshSnapshot, isWithin } from "./fresh-snapshot.ts";
import type { Decided, DecisionCountStore, DecisionRequest } from "./ports/decisions.ts";
import type { Log, Now } from "./ports/world.ts";

/** Counts are written at most so often. Milliseconds. */
const WRITE_MS = 10_000;
/** How long they are kept: the next year's festival is compared with this one. Seconds. */
const KEEP_S = 400 * 86_400;

interface Deps {
  readonly counts: DecisionCountStore;
  readonly newNonce: () => string;
  readonly now: Now;
  /** Rows are dropped by the machine's clock. */
  readonly machineNow: Now;
  readonly log: Log;
}

type Counting = { -readonly [K in keyof CountedHour]: K extends "noAds" ? Record<string, number> : CountedHour[K] } & {
  /** How many of its decisions are known to be written. */
  written: number;
};

/** A slot as far as it is counted: with a card, or with a reason. */
type Slot = object | { readonly noAd: string };

/**
 * Counts what an instance decides, in memory, and writes what it has counted of an hour as one row of its own, over and over with
 * more in it: an answer that is lost, or a write that comes twice, changes nothing. It is written while a snapshot is being read
 * again anyway, is waited for by nobody and fails nothing (docs/decisions/0023-decisions-are-counted-by-instances.md).
 */
export function decisionCounts({ counts, newNonce, now, machineNow, log }: Deps) {
  /** Of each surface the hour that is being counted. */
  const current = new Map<string, Counting>();
  let rows: Counting[] = [];
  let writtenAt = now();

  const count = (surface: string, at: Instant, slots: readonly Slot[], decisions: number): void => {
    let row = current.get(surface);
    if (row?.hour !== startOfHour(at)) {
      row = { surface, hour: startOfHour(at), nonce: newNonce(), decisions: 0, cards: 0, noAds: {}, written: 0 };
      current.set(surface, row);
      rows.push(row);
    }
    row.decisions += decisions;
    for (const slot of slots)
      if ("noAd" in slot && typeof slot.noAd === "string") row.noAds[slot.noAd] = (row.noAds[slot.noAd] ?? 0) + 1;
      else row.cards++;
  };

  const write = async (row: Counting, keptUntil: number): Promise<void> => {
    const { decisions } = row;
    try {
      await counts.keep(row, keptUntil);
      row.written = Math.max(row.written, decisions);
    } catch (error) {
      // Whatever it is, nobody waits for it, and the next write has it all again.
      log("warn", "decisions-unwritten", { surface: row.surface, error: String(error) });
    }
  };

  const writeDue = (): void => {
    const at = now();
    if (isWithin(WRITE_MS, writtenAt, at)) return;
    writtenAt = at;
    rows = rows.filter((row) => row === current.get(row.surface) || row.decisions > row.written);
    const keptUntil = Math.ceil(machineNow() / 1000) + KEEP_S;
    for (const row of rows) if (row.decisions > row.written) void write(row, keptUntil);
  };

  /** Where nothing fresh was to be had, only what is known to be a surface is counted: anything can be asked for. */
  const counted = (surface: string, decided: Decided): Decided => {
    if (decided.snapshot !== null || current.has(surface)) count(surface, decided.decidedAt, decided.slots, 1);
    return decided;
  };

  return {
    count,
    /** Decides, and counts what was decided. */
    counting:
      <Others extends readonly unknown[]>(decide: (request: DecisionRequest, ...others: Others) => Decided | Promise<Decided>) =>
      (request: DecisionRequest, ...others: Others): Decided | Promise<Decided> => {
        const decided = decide(request, ...others);
        return decided instanceof Promise ? decided.then((found) => counted(request.surface, found)) : counted(request.surface, decided);
      },
    /** Reads snapshots, and writes what is to be written whenever something has to be read. */
    besideReading: (read: FreshSnapshot): FreshSnapshot => {
      const besides = (surface: string) => {
        const found = read(surface);
        if (found instanceof Promise) writeDue();
        return found;
      };
      return Object.assign(besides, read.held && { held: read.held });
    },
  };
}
