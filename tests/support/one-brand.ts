import { publishSnapshots } from "../../lib/app/publish-snapshots.ts";
import { decide } from "../../lib/domain/decision.ts";
import type { Season } from "../../lib/domain/season.ts";
import { type Serving, standingOf } from "../../lib/domain/serving.ts";
import { servingIndex } from "../../lib/domain/serving-index.ts";
import type { Lineup, ServedSeason, Snapshot } from "../../lib/domain/snapshot.ts";
import type { Instant } from "../../lib/domain/window.ts";
import { surface as anySurface } from "../unit/domain/fixtures.ts";
import { attestation, campaign, card, grant } from "./samples.ts";

/** Seasons in which one brand may be shown in every phase: whether a card is shown is then a matter of the windows alone. */

const FOREVER: Instant = Number.MAX_SAFE_INTEGER;

export function lineupOf({ id, phases }: Season, surface: string): Lineup {
  const place = { season: id, surface, expiresAt: FOREVER };
  return {
    attestations: [attestation(place)],
    grants: [grant({ ...place, phases: phases.map((phase) => phase.id) })],
    campaigns: [campaign({ id: `cmp_${id}`, season: id, surface })],
    cards: [card({ id: `crd_${id}`, campaign: `cmp_${id}`, season: id, surface, status: "approved" })],
  };
}

/** The snapshot that would be published of these seasons, as an instance loads it. */
export async function snapshotOf(seasons: readonly Season[], surface: string): Promise<Snapshot> {
  const published: Snapshot[] = [];
  const surfaces = [{ ...anySurface, id: surface }];
  await publishSnapshots({
    seasons: { roll: async () => ({ seasons, unreadable: [] }) },
    lineups: {
      grants: async () => [],
      read: async (_surface, id) => lineupOf(seasons.find((season) => season.id === id) as Season, surface),
    },
    keyMarks: { of: async () => [], remove: async () => undefined },
    snapshots: {
      pointer: async () => undefined,
      load: () => Promise.reject(new Error("nothing is loaded here")),
      publish: async (snapshot) => published.push(JSON.parse(JSON.stringify(snapshot))) > 0,
    },
    catalogue: { surfaces, surface: () => surfaces[0], host: () => undefined, marketplace: () => undefined },
    now: () => 0,
    log: () => undefined,
  })();
  return published[0] as Snapshot;
}

const serving = (snapshot: Snapshot): Serving => ({ snapshot, switches: [] });

/** What is shown at an instant of the instance's clock: the season and phase of the card, or undefined for none. */
export function shownAt(snapshot: Snapshot, at: Instant): { readonly season: string; readonly phase: string } | undefined {
  const [answer] = decide(servingIndex(serving(snapshot))(at), { slots: 1, at, apps: null, point: 0 }, () => 0);
  return answer !== undefined && "placement" in answer ? { season: answer.placement.season.id, phase: answer.placement.phase } : undefined;
}

/** Whether the season's brand is permitted at that instant. */
export const isPermittedAt = (snapshot: Snapshot, season: ServedSeason, at: Instant): boolean =>
  season.brands.some((brand) => standingOf(serving(snapshot), season, brand, at).eligible);
