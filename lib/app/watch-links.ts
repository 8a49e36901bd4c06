import { failingLinks, hoursWatched } from "../domain/link-alert.ts";
import { span } from "../domain/season.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Log, Now } from "./ports/world.ts";
import { talliesIn } from "./report-delivery.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly tallies: Pick<TallyStore, "ofDay">;
  readonly seasons: Pick<SeasonStore, "roll">;
  readonly now: Now;
  readonly log: Log;
}

/**
 * Looks at every season that is on and says in the log, `link-failing`, which links open the app for fewer than they did the day
 * before. @throws the first error, when every season has been looked at.
 */
export const watchLinks =
  ({ tallies, seasons, now, log }: Deps) =>
  async (): Promise<void> => {
    const at = now();
    const { seasons: all } = await seasons.roll();
    const places = all
      .filter((season) => span(season).opensAt <= at && at < season.instants.clickGraceEnds)
      .flatMap(({ id, admissions }) => admissions.map(({ surface }) => ({ season: id, surface })));
    await undeterred(
      places,
      async (place) => {
        for (const alert of failingLinks(await talliesIn(tallies, place, hoursWatched(at)), at))
          log("error", "link-failing", { ...place, ...alert });
      },
      (place, error) => log("error", "links-unwatched", { ...place, error: String(error) }),
    );
  };
