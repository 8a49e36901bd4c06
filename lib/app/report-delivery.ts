import { reaches, type User } from "../domain/authorisation.ts";
import { startOfHour } from "../domain/decision-count.ts";
import { deliveryReport, type Group } from "../domain/delivery-report.ts";
import { failingLinks, hoursWatched } from "../domain/link-alert.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Season, span, wasPublished } from "../domain/season.ts";
import { hoursOfDay } from "../domain/statement.ts";
import { hourOf, type Tally } from "../domain/tally.ts";
import { contains, DAY_MS, type Instant, type Window } from "../domain/window.ts";
import type { Call } from "./ports/call.ts";
import type { CreditStore } from "./ports/credits.ts";
import type { CountedDecisions } from "./ports/decisions.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Now } from "./ports/world.ts";

interface Deps {
  readonly tallies: TallyStore;
  readonly decisions: CountedDecisions;
  readonly credits: Pick<CreditStore, "ofSeason">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly now: Now;
}

interface Query {
  readonly season: string;
  readonly surface: string;
  readonly group: readonly Group[];
  /** Whole hours of UTC, half-open. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/** So many days are read at a time, and no more once there are so many tallies: the function has seconds, and its memory an end. */
const AT_ONCE = { days: 4, tallies: 100_000 } as const;

/**
 * What was counted in a season on a surface: a brand sees its own, a side sees the season it is a party to.
 * @throws Refusal `not-found` when the season is another host's or marketplace's; `report-too-long`.
 */
export const reportDelivery =
  ({ tallies, decisions, credits, seasons, now }: Deps) =>
  async ({ query, user }: Call<unknown, Query>) => {
    const { surface, group, from, to } = query;
    const season = await partyTo({ seasons }, user, query);
    const brand = user.role === "brand" ? user.tenant : undefined;
    const { opensAt, closesAt } = span(season);
    const asked = { opensAt: from ?? Number.NEGATIVE_INFINITY, closesAt: to ?? Number.POSITIVE_INFINITY };
    // What comes in late is counted until its grace ends.
    const counting = { opensAt, closesAt: season.instants.reportFinal };
    const [counted, decided, given] = await Promise.all([
      talliesIn(tallies, { surface, season: season.id, brand }, common(asked, counting)),
      brand === undefined ? decisions.between(surface, common(asked, { opensAt: startOfHour(opensAt), closesAt })) : null,
      credits.ofSeason(surface, season.id, brand),
    ]);
    const found = {
      tallies: counted,
      decisions: decided?.map((each) => ({ ...each, hour: hourOf(each.hour) })) ?? null,
      credits: given.filter(({ day }) => contains(asked, hoursOfDay(season.zone, day).opensAt)),
    };
    const at = now();
    const alerts = group.includes("outcome")
      ? failingLinks(await talliesIn(tallies, { surface, season: season.id, brand }, common(hoursWatched(at), counting)), at)
      : null;
    return { season: season.id, surface, from: from ?? null, to: to ?? null, group, ...deliveryReport(found, group), alerts };
  };

/** What is counted of the hours that lie, or begin, in the window. @throws Refusal `report-too-long`. */
export async function talliesIn(
  tallies: Pick<TallyStore, "ofDay">,
  { surface, season, brand }: { readonly surface: string; readonly season: string; readonly brand?: string | undefined },
  { opensAt, closesAt }: Window,
): Promise<readonly Tally[]> {
  const [first, last] = [hourOf(opensAt), hourOf(closesAt - 1)];
  const found: Tally[] = [];
  for (let from = dayOf(opensAt); from < closesAt; from += AT_ONCE.days * DAY_MS) {
    const days = Array.from({ length: AT_ONCE.days }, (_, n) => from + n * DAY_MS).filter((day) => day < closesAt);
    const read = await Promise.all(days.map((day) => tallies.ofDay(surface, season, hourOf(day).slice(0, "2026-06-01".length), brand)));
    for (const tally of read.flat()) if (first <= tally.hour && tally.hour <= last) found.push(tally);
    if (found.length > AT_ONCE.tallies) throw new Refusal("report-too-long");
  }
  return found;
}

const common = (one: Window, other: Window): Window => ({
  opensAt: Math.max(one.opensAt, other.opensAt),
  closesAt: Math.min(one.closesAt, other.closesAt),
});

const dayOf = (at: Instant): Instant => Math.floor(at / DAY_MS) * DAY_MS;

/**
 * The published season, if the user is a party to it and it is on the surface. A brand is a party to every one, and sees its own.
 * @throws Refusal `not-found`.
 */
export async function partyTo(
  { seasons }: Pick<Deps, "seasons">,
  user: User,
  { season: id, surface }: { readonly season: string; readonly surface: string },
): Promise<Season> {
  const season = await seasons.get(id);
  const isThere = season && wasPublished(season) && season.admissions.some((admission) => admission.surface === surface);
  if (!isThere || !reaches(user, { brand: user.tenant, marketplace: season.marketplace, host: season.host }))
    throw new Refusal("not-found");
  return season;
}
