import { canonicalJson, type Plain } from "../domain/canonical-json.ts";
import { Refusal } from "../domain/refusal.ts";
import { dayOfSeason, statedCounts } from "../domain/statement.ts";
import { wallTime } from "../domain/zone.ts";
import type { Call } from "./ports/call.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { StatementSigner, StatementStore } from "./ports/statements.ts";
import type { Now } from "./ports/world.ts";
import { partyTo, talliesIn } from "./report-delivery.ts";

interface Deps {
  readonly tallies: Pick<TallyStore, "ofDay">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly statements: StatementStore;
  readonly signer: StatementSigner;
  readonly now: Now;
}

/**
 * What was counted on a day, signed, to either side: the same each time from when it is final, since the first that is given is kept.
 * @throws Refusal `not-found`, `statement-not-final`, `report-too-long`.
 */
export const giveStatement =
  ({ tallies, seasons, statements, signer, now }: Deps) =>
  async ({ params, query: { surface }, user }: Call<{ season: string; day: string }, { surface: string }>) => {
    const season = await partyTo({ seasons }, user, { season: params.season, surface });
    const key = { season: season.id, surface, day: params.day };
    const day = dayOfSeason(season, params.day);
    if (!day) throw new Refusal("not-found");
    const given = await statements.get(key);
    if (given !== undefined) return { ...key, jws: given };
    const { zone, host, marketplace } = season;
    const written = (at: number) => wallTime(zone, at);
    if (now() < day.finalAt)
      throw new Refusal("statement-not-final", [{ code: "not-final", field: "", detail: `It is final at ${written(day.finalAt)}.` }]);
    const counts = statedCounts(await talliesIn(tallies, { surface, season: season.id }, day));
    const stated = {
      ...{ type: "seasongate.daily-statement", version: 1, ...key, host, marketplace, zone },
      ...{ from: written(day.opensAt), to: written(day.closesAt), finalAt: written(day.finalAt) },
      ...counts,
    };
    // Counts and texts alone, and whole numbers, all of it.
    const jws = await signer.sign(canonicalJson(stated as unknown as Plain));
    return { ...key, jws: await statements.keep(key, jws, await signer.publicKey()) };
  };

/** The keys with which statements are checked: all that ever signed one, and the one that signs now. */
export const showPublicKeys =
  ({ statements, signer }: Pick<Deps, "statements" | "signer">) =>
  async () => {
    const [own, kept] = await Promise.all([signer.publicKey(), statements.publicKeys()]);
    return { keys: [own, ...kept.filter(({ kid }) => kid !== own.kid)] };
  };
