import type { SeasonStore } from "../../../lib/app/ports/seasons.ts";
import type { SnapshotStore } from "../../../lib/app/ports/snapshots.ts";
import { tick } from "../../../lib/app/tick.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import type { Season, SeasonStatus } from "../../../lib/domain/season.ts";
import type { Snapshot } from "../../../lib/domain/snapshot.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { lineupOf } from "../one-brand.ts";
import { LATE_MS, type Order, type PlannedTick } from "./order.ts";
import { misserved, SURFACE } from "./serving.ts";

export interface World {
  /** The stores an order's ticks use, and one that no fault stands before. */
  readonly seasons: SeasonStore;
  readonly calm: SeasonStore;
  readonly newId: (prefix: string) => string;
}

export interface Played {
  readonly ticks: number;
  /** What ticks said they had recorded, in the order in which they said it. */
  readonly told: readonly { readonly to: SeasonStatus; readonly actualAt: number }[];
  readonly violations: readonly string[];
}

const RANK: readonly SeasonStatus[] = ["scheduled", "open", "closed", "archived"];
const surfaces = [{ id: SURFACE } as Surface];
const catalogue = {
  surfaces,
  surface: (id: string) => surfaces.find((each) => each.id === id),
  host: () => undefined,
  marketplace: () => undefined,
};

/** No fair share is corrected where nothing is shown. */
const NOTHING_SHOWN = {
  switches: { board: async () => EMPTY_BOARD },
  tallies: { deliveredByBrand: async () => new Map() },
  fairShares: { books: async () => undefined, read: async () => ({ version: 0, books: undefined }), save: async () => true },
};

/** A tick is killed: whatever comes after is not done. */
class Killed extends Error {}
class CannotPublish extends Error {}

/** Plays the order's waves, then a last tick in calm weather, and says what was wrong on the way. */
export async function play({ season, waves }: Order, { seasons, calm, newId }: World): Promise<Played> {
  const told: { to: SeasonStatus; actualAt: number }[] = [];
  const violations: string[] = [];
  let [reached, ticks] = [0, 0];

  const run = async (planned: PlannedTick, from: SeasonStore) => {
    ticks++;
    const published: Snapshot[] = [];
    let failed = false;
    const seen: Season[] = [];
    const own = mortal(from, season.id, planned, seen, (status) => {
      const isIn = published.some((snapshot) => snapshot.seasons.some(({ id }) => id === season.id));
      // A tick that cannot publish turns all the same.
      if (status === "open" && !isIn && !failed) violations.push("open was recorded before its snapshot was published");
    });
    const snapshots: SnapshotStore = {
      pointer: async () => undefined,
      load: async () => Promise.reject(new Error("nothing is loaded here")),
      async publish(snapshot) {
        if (!planned.canPublish) throw new CannotPublish();
        published.push(snapshot);
        return true;
      },
    };
    const log = (_level: string, event: string, fields: Readonly<Record<string, unknown>>) => {
      if (event === "season-turned") told.push(fields as never);
      if (event === "publication-failed") failed = true;
    };
    const [now, lineups] = [() => planned.at, { read: async () => lineupOf(season, SURFACE), grants: async () => [] }];
    const keyMarks = { of: async () => [], remove: async () => undefined };
    const ticksKept = { last: async () => undefined, record: async () => undefined };
    const refunds = { ended: async () => [], refund: async () => true };
    await tick({
      ...{ seasons: own, snapshots, lineups, keyMarks, catalogue, refunds, ...NOTHING_SHOWN },
      ...{ ticks: ticksKept, now, machineNow: now, newId, log },
    })("req").catch(expected);
    violations.push(...misserved(season, published));
    return seen.map(({ status }) => RANK.indexOf(status));
  };

  const last: PlannedTick = { at: season.instants.reportFinal + LATE_MS, killed: null, canPublish: true };
  for (const wave of [...waves, [last]]) {
    const ranks = (await Promise.all(wave.map((planned) => run(planned, planned === last ? calm : seasons)))).flat();
    if (ranks.some((rank) => rank < reached)) violations.push(`the status went back from ${RANK[reached]}`);
    reached = Math.max(reached, ...ranks);
  }
  return { ticks, told, violations: [...new Set(violations)] };
}

/** The order's own season alone, in the hands of a tick that may be killed before or after a write. */
function mortal(
  from: SeasonStore,
  id: string,
  { killed }: PlannedTick,
  seen: Season[],
  saving: (to: SeasonStatus) => void,
): Pick<SeasonStore, "roll" | "save"> {
  let writes = 0;
  const dies = (when: "before" | "after") => {
    if (killed?.when === when && writes > killed.write) throw new Killed();
  };
  return {
    async roll() {
      const found = await from.get(id);
      if (found) seen.push(found);
      return { seasons: found ? [found] : [], unreadable: [] };
    },
    async save(season, commitment) {
      saving(season.status);
      writes++;
      dies("before");
      await from.save(season, commitment);
      dies("after");
    },
  };
}

/** A tick that is killed, or whose store does not answer, ends so; anything else is a finding. */
function expected(error: unknown): void {
  const isMeant = error instanceof Killed || error instanceof CannotPublish || (error instanceof Error && error.name === "Unavailable");
  if (!isMeant) throw error;
}
