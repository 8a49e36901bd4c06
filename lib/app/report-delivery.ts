import { reaches } from "../domain/authorisation.ts";
import { Refusal } from "../domain/refusal.ts";
import { bucketsOf, type Counters, summed, type Tally } from "../domain/tally.ts";
import type { Call } from "./ports/call.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { SeasonStore } from "./ports/seasons.ts";

interface Deps {
  readonly tallies: TallyStore;
  readonly seasons: SeasonStore;
}

/**
 * What was shown and tapped in a season on a surface: a brand sees its own, a side sees the season it is a party to.
 * @throws Refusal `not-found` when the season is another host's or marketplace's.
 */
export const reportDelivery =
  ({ tallies, seasons }: Deps) =>
  async ({ query: { season: id, surface }, user }: Call<unknown, { season: string; surface: string }>) => {
    const season = await seasons.get(id);
    const isParty = season && reaches(user, { brand: user.tenant, marketplace: season.marketplace, host: season.host });
    if (!isParty || !season.admissions.some((admission) => admission.surface === surface)) throw new Refusal("not-found");
    const found = user.role === "brand" ? await tallies.ofBrand(surface, id, user.tenant) : await tallies.ofSeason(surface, id);
    const groups = [...Map.groupBy(found, ({ campaign, card, phase }) => `${campaign}#${card}#${phase}`).values()];
    const rows = groups.flatMap((tallies) => {
      const [{ brand, campaign, card, phase }] = tallies as [Tally];
      return { brand, campaign, card, phase, ...told(summed(tallies.map(({ counters }) => counters))) };
    });
    return { season: id, surface, rows, total: told(summed(found.map(({ counters }) => counters))) };
  };

function told(counters: Counters) {
  const { valid: clicks, invalid: invalidClicks } = bucketsOf(counters, "click");
  return { impressions: bucketsOf(counters, "impression").valid, clicks, invalidClicks };
}
