import type { Season, SeasonStatus } from "../../../lib/domain/season.ts";
import { type Snapshot, serve } from "../../../lib/domain/snapshot.ts";
import type { Instant } from "../../../lib/domain/window.ts";
import { servedSnapshot } from "../../unit/domain/fixtures.ts";
import { lineupOf, shownAt } from "../one-brand.ts";

export const SURFACE = "moments";
const STATUSES: readonly SeasonStatus[] = ["scheduled", "open", "closed", "archived"];
/** From here on, inside a window, a card has to be shown; nearer to its ends none has to. Milliseconds. */
const WELL_INSIDE_MS = 500;

/** Cards shown outside the season's windows, whatever its record says; and windows in which a published season shows none. */
export function misserved(season: Season, published: readonly Snapshot[]): string[] {
  const everyStatus = STATUSES.map((status) => servedSnapshot([serve({ ...season, status }, lineupOf(season, SURFACE))], SURFACE));
  return [...everyStatus, ...published].flatMap((snapshot) => probes(season).flatMap((at) => wrongAt(season, snapshot, at)));
}

function wrongAt({ id, phases }: Season, snapshot: Snapshot, at: Instant): string[] {
  const shown = shownAt(snapshot, at);
  const inside = phases.find(({ opensAt, closesAt }) => opensAt <= at && at < closesAt);
  if (shown && shown.phase !== inside?.id)
    return [`a card of ${shown.phase} is shown at ${at}, which is inside ${inside?.id ?? "no window"}`];
  const isWellInside = inside && inside.opensAt + WELL_INSIDE_MS <= at && at < inside.closesAt - WELL_INSIDE_MS;
  const isServed = snapshot.seasons.some((season) => season.id === id);
  return isServed && isWellInside && !shown ? [`no card is shown at ${at}, inside ${inside.id}`] : [];
}

const probes = ({ phases }: Season): Instant[] =>
  phases.flatMap(({ opensAt, closesAt }) =>
    [opensAt, closesAt].flatMap((edge) => [-WELL_INSIDE_MS - 1, -250, -1, 0, 1, 250, WELL_INSIDE_MS].map((step) => edge + step)),
  );
