import { concernOf } from "../domain/audit.ts";
import { type CreditForm, creditable, giveCredit } from "../domain/credit.ts";
import { Refusal } from "../domain/refusal.ts";
import { dayOfSeason } from "../domain/statement.ts";
import { committing } from "./commitment.ts";
import type { Call } from "./ports/call.ts";
import type { CampaignStore } from "./ports/campaigns.ts";
import type { CardStore } from "./ports/cards.ts";
import type { CreditStore } from "./ports/credits.ts";
import type { TallyStore } from "./ports/delivery.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";
import { talliesIn } from "./report-delivery.ts";

interface Deps {
  readonly credits: Pick<CreditStore, "give">;
  readonly campaigns: Pick<CampaignStore, "get">;
  readonly cards: Pick<CardStore, "get">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly tallies: Pick<TallyStore, "ofDay">;
  readonly now: Now;
  readonly newId: NewId;
}

/**
 * The host gives back what it should not have counted, of a campaign or one of its cards on a day, with its reason.
 * @throws Refusal `not-found` (the campaign, its card, or a day outside the season), `credit-too-large`.
 */
export const giveBack =
  (deps: Deps) => async (call: Call<unknown, unknown, Omit<CreditForm, "card"> & { readonly card?: string | undefined }>) => {
    const { body, user } = call;
    const form: CreditForm = { ...body, card: body.card ?? null };
    const campaign = within(user, await deps.campaigns.get(form.campaign));
    if (form.card !== null && within(user, await deps.cards.get(form.card)).campaign !== campaign.id) throw new Refusal("not-found");
    const season = await deps.seasons.get(campaign.season);
    const day = season && dayOfSeason(season, form.day);
    if (!day) throw new Refusal("not-found");
    const counted = creditable(form, await talliesIn(deps.tallies, campaign, day));
    const at = deps.now();
    const credit = giveCredit(form, campaign, counted, { id: deps.newId("crt"), by: user.sub, at });
    const change = {
      at,
      action: "credit:give",
      subject: `credit/${credit.id}`,
      concern: concernOf(credit),
      version: 1,
      before: null,
      after: "given",
      why: form.reason,
    };
    await deps.credits.give(credit, counted, committing(deps, call, change, credit));
    return credit;
  };
