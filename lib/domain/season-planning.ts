import { next } from "./machine.ts";
import { Refusal } from "./refusal.ts";
import type { Season, SeasonPlan, SeasonStatus } from "./season.ts";
import { SEASON_MACHINE, type SeasonVerb } from "./season-machine.ts";
import { instantsOf, timelineFaults } from "./timeline.ts";
import { overlap } from "./window.ts";

/** A plan becomes a draft when it is a timeline. @throws Refusal `bad-timeline` naming each fault. */
export function draft(plan: SeasonPlan): Season {
  const faults = timelineFaults(plan);
  if (faults.length > 0) throw new Refusal("bad-timeline", faults);
  return { ...plan, instants: instantsOf(plan), status: "draft", turns: [], version: 1 };
}

/**
 * Two-step publishing: the operator names the version they read. From here the clock turns the season.
 * @throws Refusal `season-not-draft`, `season-version-outdated`, or `bad-timeline` when its windows meet those of a
 *   published season on the same surface.
 */
export function schedule(season: Season, version: number, published: readonly Season[]): Season {
  const status = next<SeasonStatus, SeasonVerb>(SEASON_MACHINE, season.status, "publish", "season-not-draft");
  if (season.version !== version) throw new Refusal("season-version-outdated");
  const clash = published.find((other) => other.id !== season.id && sharesSurface(season, other) && windowsMeet(season, other));
  if (clash)
    throw new Refusal("bad-timeline", [
      { code: "season-overlap", field: "/phases", detail: `A phase meets a window of ${clash.id} on the same surface.` },
    ]);
  return { ...season, status, version: season.version + 1 };
}

const sharesSurface = (one: Season, other: Season) =>
  one.admissions.some(({ surface }) => other.admissions.some((theirs) => theirs.surface === surface));

const windowsMeet = (one: Season, other: Season) => one.phases.some((mine) => other.phases.some((theirs) => overlap(mine, theirs)));
