import { dueAt, symptoms, type Vitals } from "../domain/health.ts";
import { Refusal } from "../domain/refusal.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SnapshotStore } from "./ports/snapshots.ts";
import type { TickStore } from "./ports/ticks.ts";
import type { Catalogue, Log, Now } from "./ports/world.ts";

interface Deps {
  readonly ticks: TickStore;
  readonly seasons: Pick<SeasonStore, "roll">;
  readonly snapshots: Pick<SnapshotStore, "pointer">;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly machineNow: Now;
  readonly log: Log;
}

/**
 * How fresh the season clock and the snapshots are, by the machine's clock, and which turns are due, by the festival's.
 * @throws Refusal `unhealthy` naming every part that is not as it should be; Unavailable when the store does not answer.
 */
export const health =
  ({ ticks, seasons, snapshots, catalogue, now, machineNow, log }: Deps) =>
  async () => {
    const [lastTick, roll, ...published] = await Promise.all([
      ticks.last(),
      seasons.roll(),
      ...catalogue.surfaces.map(async ({ id }) => ({ surface: id, publishedAt: (await snapshots.pointer(id))?.renewedAt ?? null })),
    ]);
    const at = machineNow();
    const vitals: Vitals = { lastTick, snapshots: published, seasons: roll.seasons, unreadable: roll.unreadable.length };
    const wrong = symptoms(vitals, at);
    if (!lastTick || wrong.length > 0) {
      log("error", "unhealthy", { codes: [...new Set(wrong.map(({ code }) => code))], details: wrong.map(({ detail }) => detail) });
      throw new Refusal("unhealthy", wrong);
    }
    return {
      status: "ok" as const,
      lastTick: lastTick.at,
      snapshots: published.flatMap(({ surface, publishedAt }) =>
        publishedAt === null ? [] : [{ surface, publishedAt, ageMs: at - publishedAt }],
      ),
      due: dueAt(roll.seasons, now()),
    };
  };
