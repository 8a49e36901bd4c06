import { type Snapshot, serve } from "../domain/snapshot.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SnapshotStore } from "./ports/snapshots.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { Catalogue, Log, Now } from "./ports/world.ts";

interface Deps {
  readonly seasons: SeasonStore;
  readonly lineups: LineupStore;
  readonly snapshots: SnapshotStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly log: Log;
}

const TRIES = 5;

/**
 * Publishes every surface's snapshot from what the Registry says now. The pointer is read before the lineup: whoever
 * loses the race to the next version has read an older lineup or the same one, and reads again.
 */
export const publishSnapshots = (deps: Deps) => async () => {
  for (const { id } of deps.catalogue.surfaces) await publishSurface(deps, id);
};

async function publishSurface(deps: Deps, surface: string): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const over = await deps.snapshots.pointer(surface);
    const snapshot = await assemble(deps, surface);
    if (await deps.snapshots.publish(snapshot, over, deps.now())) return;
  }
  deps.log("warn", "snapshot-contended", { surface, tries: TRIES });
  throw new Error(`snapshot of ${surface} lost ${TRIES} races`);
}

/** Seasons stay in until recorded as closed: upcoming windows are inside already, so opening needs no refresh. */
async function assemble({ seasons, lineups }: Deps, surface: string): Promise<Snapshot> {
  const published = (await seasons.all()).filter(
    ({ status, admissions }) =>
      (status === "scheduled" || status === "open") && admissions.some((admission) => admission.surface === surface),
  );
  return { surface, seasons: await Promise.all(published.map(async (season) => serve(season, await lineups.read(surface, season.id)))) };
}
