import { faredBy, spreadOf } from "../domain/fair-share.ts";
import type { Call } from "./ports/call.ts";
import type { FairShareStore } from "./ports/fair-shares.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import { partyTo } from "./report-delivery.ts";

interface Deps {
  readonly fairShares: Pick<FairShareStore, "books">;
  readonly seasons: Pick<SeasonStore, "get">;
}

/**
 * How evenly brands were shown in a season on a surface: a brand sees its own, a side sees the season it is a party to.
 * @throws Refusal `not-found` when the season is another host's or marketplace's, or not published.
 */
export const reportFairness =
  ({ fairShares, seasons }: Deps) =>
  async ({ query: { season: id, surface }, user }: Call<unknown, { season: string; surface: string }>) => {
    await partyTo({ seasons }, user, { season: id, surface });
    const books = await fairShares.books(surface, id);
    const all = books ? faredBy(books) : [];
    const spread = spreadOf(all);
    const isBrand = user.role === "brand";
    return {
      season: id,
      surface,
      at: books?.at ?? null,
      // Of others it would tell a brand, as its part of all that was shown would.
      spread: isBrand || spread === null ? null : told(spread),
      brands: all
        .filter(({ brand }) => !isBrand || brand === user.tenant)
        .map(({ ofDay, without, starved, ...fared }) => ({
          ...fared,
          targetShare: told(fared.targetShare),
          deliveredShare: isBrand ? null : told(fared.deliveredShare),
          due: told(fared.due),
          ratio: fared.ratio === null ? null : told(fared.ratio),
          deliveredToday: ofDay,
          minutesWithout: without,
          minutesStarved: starved,
        })),
    };
  };

/** To a millionth. */
const told = (figure: number): number => Math.round(figure * 1e6) / 1e6;
