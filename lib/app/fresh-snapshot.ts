import type { Board } from "../domain/kill-switch.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Instant } from "../domain/window.ts";
import type { SnapshotPointer, SnapshotStore } from "./ports/snapshots.ts";
import type { SwitchStore } from "./ports/switches.ts";
import type { Now } from "./ports/world.ts";

/** The board and the pointer are read again when the last reading is older than this. Milliseconds. */
export const RECHECK_MS = 2_000;
/** What was last confirmed longer ago than this is not served from (reliability.md P2). Milliseconds. */
export const STALE_MS = 5_000;

/** A snapshot with the switches thrown, and the instant before the reading that last confirmed both as the newest. */
export interface Confirmed {
  readonly snapshot: Snapshot;
  /** The version under which the snapshot's content was first published. */
  readonly since: number;
  readonly board: Board;
  readonly confirmedAt: Instant;
}

interface Held {
  readonly pointer: SnapshotPointer;
  readonly snapshot: Snapshot;
  readonly board: Board;
  readonly confirmedAt: Instant;
}

interface Deps {
  readonly snapshots: Pick<SnapshotStore, "pointer" | "load">;
  readonly switches: Pick<SwitchStore, "board">;
  readonly now: Now;
}

/**
 * Keeps each surface's snapshot, and the switches, in memory between decisions; one reading is in flight at a time, however
 * many ask. Age is judged by the clock at use, never by a timer: an instance may have been frozen for hours (reliability.md
 * F23). A reading that fails keeps what is held; the caller sees its age and refuses it when stale.
 */
export function freshSnapshots({ snapshots, switches, now }: Deps) {
  const held = new Map<string, Held>();
  const inFlight = new Map<string, Promise<void>>();

  const refresh = async (surface: string) => {
    const confirmedAt = now();
    // First, since a switch may be lifted because a snapshot has been published that makes it needless: never the older of both.
    const board = await switches.board();
    const pointer = await snapshots.pointer(surface);
    const before = held.get(surface);
    if (!pointer) held.delete(surface);
    else if (before?.pointer.since === pointer.since) held.set(surface, { ...before, pointer, board, confirmedAt });
    else held.set(surface, { pointer, snapshot: await snapshots.load(surface, pointer), board, confirmedAt });
  };

  const singleFlight = (surface: string) => {
    const running = inFlight.get(surface) ?? refresh(surface).finally(() => inFlight.delete(surface));
    inFlight.set(surface, running);
    return running;
  };

  /** @throws Unavailable when nothing is held and the store does not answer. */
  return async (surface: string): Promise<Confirmed | undefined> => {
    const before = held.get(surface);
    if (!before || !isWithin(RECHECK_MS, before.confirmedAt, now()))
      await singleFlight(surface).catch((error: unknown) => {
        if (!held.has(surface)) throw error;
      });
    const found = held.get(surface);
    return found && { snapshot: found.snapshot, since: found.pointer.since, board: found.board, confirmedAt: found.confirmedAt };
  };
}

/** Whether `then` is at most `limit` ms before `now`; a `then` in the future means that the clock went back. */
export const isWithin = (limit: number, then: Instant, now: Instant): boolean => then <= now && now - then <= limit;
