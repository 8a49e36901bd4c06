import { type KeyMark, settled } from "../domain/key-mark.ts";
import { type Lineup, type Snapshot, serve, snapshotOf } from "../domain/snapshot.ts";
import type { Surface } from "../domain/surface.ts";
import type { KeyMarkStore } from "./ports/key-marks.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SnapshotStore } from "./ports/snapshots.ts";
import { Unreadable } from "./ports/unreadable.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { Catalogue, Log, Now } from "./ports/world.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly seasons: Pick<SeasonStore, "roll">;
  readonly lineups: LineupStore;
  readonly keyMarks: KeyMarkStore;
  readonly snapshots: SnapshotStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly log: Log;
}

const TRIES = 5;

/**
 * Publishes every surface's snapshot from what the Registry says now. The pointer is read before the lineup: whoever
 * loses the race to the next version has read an older lineup or the same one, and reads again. Marks that it has caught up with
 * are removed; one that stays behind when it is killed goes with the next publication.
 * A surface that cannot be published keeps no other from it. @throws the first such error.
 */
export const publishSnapshots = (deps: Deps) => async (): Promise<void> => {
  await undeterred(
    deps.catalogue.surfaces,
    (surface) => publishSurface(deps, surface),
    ({ id }, error) => deps.log("error", "publication-failed", { surface: id, error: String(error) }),
  );
};

async function publishSurface(deps: Deps, surface: Surface): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const over = await deps.snapshots.pointer(surface.id);
    // Before the lineups: what is marked then stands in them, but for the transaction that is just being made.
    const marks = await deps.keyMarks.of(surface.id);
    const { snapshot, lineups } = await assemble(deps, surface, marks);
    if (await deps.snapshots.publish(snapshot, over, deps.now())) return deps.keyMarks.remove(settled(marks, lineups));
  }
  deps.log("warn", "snapshot-contended", { surface: surface.id, tries: TRIES });
  throw new Error(`snapshot of ${surface.id} lost ${TRIES} races`);
}

interface Assembled {
  readonly snapshot: Snapshot;
  /** By season: of all that are published, and of others that have marks. */
  readonly lineups: ReadonlyMap<string, Lineup>;
}

/**
 * Seasons stay in until recorded as closed: upcoming windows are inside already, so opening needs no refresh. A season whose lineup
 * cannot be read is left out, and with it its cards: no ad rather than a wrong one (reliability.md F29).
 */
async function assemble(deps: Deps, surface: Surface, marks: readonly KeyMark[]): Promise<Assembled> {
  const { seasons } = await deps.seasons.roll();
  const published = seasons.filter(
    ({ status, admissions }) =>
      (status === "scheduled" || status === "open") && admissions.some((admission) => admission.surface === surface.id),
  );
  const wanted = new Set([...published.map(({ id }) => id), ...marks.map(({ season }) => season)]);
  const read = await Promise.all([...wanted].map(async (season) => [season, await lineupOf(deps, surface.id, season)] as const));
  const lineups = new Map(read.flatMap(([season, lineup]) => (lineup ? [[season, lineup] as const] : [])));
  const served = published.flatMap((season) => {
    const lineup = lineups.get(season.id);
    return lineup ? [serve(season, lineup)] : [];
  });
  return { snapshot: snapshotOf(surface, served, deps.catalogue.marketplace), lineups };
}

async function lineupOf({ lineups, log }: Deps, surface: string, season: string): Promise<Lineup | undefined> {
  try {
    return await lineups.read(surface, season);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    log("error", "lineup-unreadable", { surface, season, error: String(error.cause) });
    return undefined;
  }
}
