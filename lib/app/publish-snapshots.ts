import type { Season } from "../domain/season.ts";
import { type ServedSeason, type Snapshot, serve } from "../domain/snapshot.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SnapshotStore } from "./ports/snapshots.ts";
import { Unreadable } from "./ports/unreadable.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { Catalogue, Log, Now } from "./ports/world.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly seasons: Pick<SeasonStore, "roll">;
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
 * A surface that cannot be published keeps no other from it. @throws the first such error.
 */
export const publishSnapshots = (deps: Deps) => async (): Promise<void> => {
  await undeterred(
    deps.catalogue.surfaces,
    ({ id }) => publishSurface(deps, id),
    ({ id }, error) => deps.log("error", "publication-failed", { surface: id, error: String(error) }),
  );
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
async function assemble(deps: Deps, surface: string): Promise<Snapshot> {
  const { seasons } = await deps.seasons.roll();
  const published = seasons.filter(
    ({ status, admissions }) =>
      (status === "scheduled" || status === "open") && admissions.some((admission) => admission.surface === surface),
  );
  const served = await Promise.all(published.map((season) => servedOn(deps, surface, season)));
  return { surface, seasons: served.filter((season) => season !== undefined) };
}

/** A season whose lineup cannot be read is left out, and with it its cards: no ad rather than a wrong one (reliability.md F29). */
async function servedOn({ lineups, log }: Deps, surface: string, season: Season): Promise<ServedSeason | undefined> {
  try {
    return serve(season, await lineups.read(surface, season.id));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    log("error", "lineup-unreadable", { surface, season: season.id, error: String(error.cause) });
    return undefined;
  }
}
