import type { Snapshot } from "../domain/snapshot.ts";
import type { Instant } from "../domain/window.ts";
import type { SnapshotPointer, SnapshotStore } from "./ports/snapshots.ts";
import type { Now } from "./ports/world.ts";

/** The pointer is read again when the last reading is older than this. Milliseconds. */
const RECHECK_MS = 2_000;
/** A snapshot whose pointer was last read longer ago than this is not served from (reliability.md P2). Milliseconds. */
export const STALE_MS = 5_000;

/** A snapshot, and the instant before the reading that last confirmed it as the newest. */
export interface Confirmed {
  readonly snapshot: Snapshot;
  readonly version: number;
  readonly confirmedAt: Instant;
}

interface Held {
  readonly pointer: SnapshotPointer;
  readonly snapshot: Snapshot;
  readonly confirmedAt: Instant;
}

/**
 * Keeps each surface's snapshot in memory between decisions; one reading is in flight at a time, however many ask.
 * Age is judged by the clock at use, never by a timer: an instance may have been frozen for hours (reliability.md F23).
 * A reading that fails keeps what is held; the caller sees its age and refuses it when stale.
 */
export function freshSnapshots({ snapshots, now }: { snapshots: SnapshotStore; now: Now }) {
  const held = new Map<string, Held>();
  const inFlight = new Map<string, Promise<void>>();

  const refresh = async (surface: string) => {
    const confirmedAt = now();
    const pointer = await snapshots.pointer(surface);
    const before = held.get(surface);
    if (!pointer) held.delete(surface);
    else if (before?.pointer.since === pointer.since) held.set(surface, { ...before, pointer, confirmedAt });
    else held.set(surface, { pointer, snapshot: await snapshots.load(surface, pointer), confirmedAt });
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
    return found && { snapshot: found.snapshot, version: found.pointer.version, confirmedAt: found.confirmedAt };
  };
}

/** Whether `then` is at most `limit` ms before `now`; a `then` in the future means that the clock went back. */
export const isWithin = (limit: number, then: Instant, now: Instant): boolean => then <= now && now - then <= limit;
