import { fairShare } from "../domain/fair-share.ts";
import { dayAt } from "../domain/pacing.ts";
import { phaseAt } from "../domain/season.ts";
import { ceilingsOf, sharersOf } from "../domain/sharers.ts";
import { hoursOf } from "../domain/tally.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { FairShareStore } from "./ports/fair-shares.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SnapshotStore } from "./ports/snapshots.ts";
import type { SwitchStore } from "./ports/switches.ts";
import type { Catalogue, Log, Now } from "./ports/world.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly catalogue: Catalogue;
  readonly seasons: Pick<SeasonStore, "roll">;
  readonly snapshots: Pick<SnapshotStore, "pointer" | "load">;
  readonly switches: Pick<SwitchStore, "board">;
  readonly tallies: Pick<TallyStore, "deliveredByBrand">;
  readonly fairShares: FairShareStore;
  readonly now: Now;
  readonly log: Log;
}

/**
 * Corrects the fair share of every surface with an open season from what was delivered there. Of two ticks at once one does, and one
 * that did not come is made good by the next. What cannot be corrected stays as it last was. @throws the first error, when all have been tried.
 */
export const correctShares = (deps: Deps) => async (): Promise<void> => {
  await undeterred(
    deps.catalogue.surfaces,
    ({ id }) => correctSurface(deps, id),
    ({ id }, error) => deps.log("error", "correction-failed", { surface: id, error: String(error) }),
  );
};

async function correctSurface(deps: Deps, surface: string): Promise<void> {
  const pointer = await deps.snapshots.pointer(surface);
  if (!pointer) return;
  const snapshot = await deps.snapshots.load(surface, pointer);
  const at = deps.now();
  const open = snapshot.seasons.find(({ phases }) => phaseAt(phases, at));
  if (!open) return;
  const place = { surface, season: open.id };
  const day = dayAt(open, at);
  const [{ seasons }, board, over, delivered] = await Promise.all([
    deps.seasons.roll(),
    deps.switches.board(),
    deps.fairShares.read(surface, open.id),
    deps.tallies.deliveredByBrand(surface, open.id, hoursOf({ opensAt: day.opensAt, closesAt: at + 1 })),
  ]);
  const shared = fairShare(over.books, {
    at,
    day,
    sharers: sharersOf({ snapshot, switches: board.live }, at),
    delivered,
    ceilings: ceilingsOf(seasons.find(({ id }) => id === open.id) ?? { hostCaps: [] }, surface),
  });
  if (!shared) return;
  const saved = await deps.fairShares.save(place, over, shared, day.closesAt);
  if (!saved) deps.log("warn", "correction-contended", place);
}
