import { type Correction, UNCORRECTED } from "../domain/correction.ts";
import { withheldBy, withholding } from "../domain/key-mark.ts";
import type { Board } from "../domain/kill-switch.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Instant } from "../domain/window.ts";
import type { CorrectionStore } from "./ports/corrections.ts";
import type { KeyMarkStore } from "./ports/key-marks.ts";
import type { SnapshotStore } from "./ports/snapshots.ts";
import type { SwitchStore } from "./ports/switches.ts";
import { Unavailable } from "./ports/unavailable.ts";
import { Unreadable } from "./ports/unreadable.ts";
import type { Log, Now } from "./ports/world.ts";

/** The board, the marks and the pointer are read again when the last reading is older than this. Milliseconds. */
export const RECHECK_MS = 2_000;
/** What was last confirmed longer ago than this is not served from (reliability.md P2). Milliseconds. */
export const STALE_MS = 5_000;

/** A snapshot with the switches thrown, and the instant before the reading that last confirmed it all as the newest. */
export interface Confirmed {
  /** Without the keys that were taken away since it was published. The same object for as long as nothing changes, as is `board`. */
  readonly snapshot: Snapshot;
  /** Ordinals of those keys. */
  readonly withheld: readonly number[];
  /** The version under which the snapshot's content was first published. */
  readonly since: number;
  readonly board: Board;
  /** Also the same object for as long as it is the same. None where it is not to be had: shares are no reason for no ad. */
  readonly correction: Correction;
  readonly confirmedAt: Instant;
}

/** A surface's snapshot: at once where what is held needs no reading; else a promise. @throws Unavailable when nothing is held and the store does not answer. */
export interface FreshSnapshot {
  (surface: string): Confirmed | undefined | Promise<Confirmed | undefined>;
  /** What is held, however old it is. */
  readonly held?: (surface: string) => Confirmed | undefined;
}

/** What a reading comes to; null, and a line in the log, where the store has no word on it. */
export const orNoWord = <T>(reading: Promise<T>, surface: string, log: Log): Promise<T | null> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof Unavailable || error instanceof Unreadable)) throw error;
    log("error", "snapshot-unavailable", { surface, error: error.name });
    return null;
  });

interface Held {
  readonly published: Snapshot;
  readonly confirmed: Confirmed;
}

interface Deps {
  readonly snapshots: Pick<SnapshotStore, "pointer" | "load">;
  readonly switches: Pick<SwitchStore, "board">;
  readonly keyMarks: Pick<KeyMarkStore, "of">;
  readonly corrections: Pick<CorrectionStore, "current">;
  readonly now: Now;
}

/**
 * Keeps each surface's snapshot, the marks and the switches in memory between decisions; one reading is in flight at a time,
 * however many ask. Age is judged by the clock at use, never by a timer: an instance may have been frozen for hours (reliability.md
 * F23). A reading that fails keeps what is held; the caller sees its age and refuses it when stale.
 */
export function freshSnapshots({ snapshots, switches, keyMarks, corrections, now }: Deps) {
  const held = new Map<string, Held>();
  const inFlight = new Map<string, Promise<void>>();

  const refresh = async (surface: string) => {
    const confirmedAt = now();
    // First, since a switch is lifted, or a mark removed, because of a snapshot that has been published: never the older of both.
    const before = held.get(surface);
    const known = before?.confirmed.correction ?? UNCORRECTED;
    const [board, marks, correction] = await Promise.all([
      switches.board(),
      keyMarks.of(surface),
      corrections.current(surface, known).catch(lastKnown(known)),
    ]);
    const pointer = await snapshots.pointer(surface);
    if (!pointer) return void held.delete(surface);
    const { since } = pointer;
    const same = before?.confirmed.since === since ? before : undefined;
    const published = same?.published ?? (await snapshots.load(surface, pointer));
    // What ends while this reading may still be served from has ended.
    const withheld = withheldBy(published, marks, confirmedAt + STALE_MS);
    const last = same?.confirmed;
    held.set(surface, {
      published,
      confirmed: {
        snapshot: last && String(last.withheld) === String(withheld) ? last.snapshot : withholding(published, withheld),
        withheld,
        since,
        board: last?.board.version === board.version ? last.board : board,
        correction,
        confirmedAt,
      },
    });
  };

  const singleFlight = (surface: string) => {
    const running = inFlight.get(surface) ?? refresh(surface).finally(() => inFlight.delete(surface));
    inFlight.set(surface, running);
    return running;
  };

  const confirmed = (surface: string): Confirmed | undefined => held.get(surface)?.confirmed;

  const fresh = (surface: string): Confirmed | Promise<Confirmed | undefined> => {
    const before = confirmed(surface);
    if (before && isWithin(RECHECK_MS, before.confirmedAt, now())) return before;
    return singleFlight(surface).then(
      () => confirmed(surface),
      (error: unknown) => {
        const found = confirmed(surface);
        if (!found) throw error;
        return found;
      },
    );
  };
  return Object.assign(fresh, { held: confirmed });
}

/** What only shares the draws out may be old, or unreadable. */
const lastKnown =
  (known: Correction) =>
  (error: unknown): Correction => {
    if (error instanceof Unavailable || error instanceof Unreadable) return known;
    throw error;
  };

/** Whether `then` is at most `limit` ms before `now`; a `then` in the future means that the clock went back. */
export const isWithin = (limit: number, then: Instant, now: Instant): boolean => then <= now && now - then <= limit;
