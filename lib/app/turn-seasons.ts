import { isRefusal } from "../domain/refusal.ts";
import { nextTurn, type Season, turned } from "../domain/season.ts";
import { audited } from "./commitment.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Log, NewId, Now } from "./ports/world.ts";
import { seasonChange } from "./season-change.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly seasons: Pick<SeasonStore, "roll" | "save">;
  readonly now: Now;
  readonly newId: NewId;
  readonly log: Log;
}

const CLOCK = { sub: "season-clock", role: "clock", tenant: "*" } as const;

/**
 * The season clock: compares what each season should be now with what it is, and records each turn once, in order.
 * It may run twice, late or at the same time as another: a turn is saved under the version it began from, so the second
 * finds it done and leaves the rest to the first, or to the next tick. Nothing that is served depends on it (reliability.md P7).
 * A season that cannot be read or turned keeps no other from its turns. @throws the first error of a turn.
 */
export const turnSeasons = (deps: Deps) => async (requestId: string) => {
  const { seasons, unreadable } = await deps.seasons.roll();
  for (const season of unreadable) deps.log("error", "season-unreadable", { season });
  const turns = await undeterred(
    seasons,
    (season) => turnSeason(deps, season, requestId),
    ({ id }, error) => deps.log("error", "season-turn-failed", { season: id, error: String(error) }),
  );
  return turns.flat();
};

async function turnSeason(deps: Deps, season: Season, requestId: string): Promise<{ season: string; to: string }[]> {
  const turn = nextTurn(season, deps.now());
  if (!turn) return [];
  const after = turned(season, turn);
  const step = { verb: "turn", at: turn.actualAt, before: season, after };
  const event = audited(deps, { user: CLOCK, requestId }, seasonChange(step));
  try {
    await deps.seasons.save(after, { event, receipt: null });
  } catch (error) {
    if (!isRefusal(error, "changed-meanwhile")) throw error;
    return [];
  }
  deps.log("info", "season-turned", { season: season.id, to: turn.to, officialAt: turn.officialAt, actualAt: turn.actualAt });
  return [{ season: season.id, to: turn.to }, ...(await turnSeason(deps, after, requestId))];
}
