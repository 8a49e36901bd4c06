import { hoursCompared, reconciled, type TheirDay } from "../domain/reconciliation.ts";
import type { Call } from "./ports/call.ts";
import type { CreditStore } from "./ports/credits.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import { partyTo, talliesIn } from "./report-delivery.ts";

interface Deps {
  readonly tallies: Pick<TallyStore, "ofDay">;
  readonly credits: Pick<CreditStore, "ofSeason">;
  readonly seasons: Pick<SeasonStore, "get">;
}

interface Theirs {
  readonly season: string;
  readonly surface: string;
  readonly offset?: string | undefined;
  readonly toleranceBasisPoints: number;
  readonly rows: readonly TheirDay[];
}

/** Compares the caller's own counts with ours and says what explains the difference. Nothing is kept. @throws Refusal `not-found`, `report-too-long`. */
export const reconcile =
  ({ tallies, credits, seasons }: Deps) =>
  async ({ body, user }: Call<unknown, unknown, Theirs>) => {
    const season = await partyTo({ seasons }, user, body);
    const { surface, rows, offset = null, toleranceBasisPoints } = body;
    const terms = { zone: season.zone, offset, toleranceBasisPoints };
    const { opensAt, closesAt } = hoursCompared(rows, terms);
    // Nothing is counted outside the season and its grace, wherever their days may be.
    const lasting = {
      opensAt: Math.max(opensAt, season.phases[0].opensAt),
      closesAt: Math.min(closesAt, season.instants.reportFinal),
    };
    const [counted, given] = await Promise.all([
      talliesIn(tallies, { surface, season: season.id }, lasting),
      credits.ofSeason(surface, season.id),
    ]);
    return { season: season.id, surface, ...terms, ...reconciled(rows, { tallies: counted, credits: given }, terms) };
  };
