import { concernOf } from "../domain/audit.ts";
import { type CampaignForm, createCampaign as create } from "../domain/campaign.ts";
import { standing } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import { appliedWith } from "./applied-with.ts";
import { committing } from "./commitment.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { CampaignStore } from "./ports/campaigns.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly campaigns: CampaignStore;
  readonly applications: Pick<ApplicationStore, "get">;
  readonly seasons: SeasonStore;
  readonly lineups: LineupStore;
  readonly now: Now;
  readonly newId: NewId;
}

/** A granted brand sets up a campaign. @throws Refusal `not-granted`, `campaign-not-acceptable`. */
export const createCampaign = (deps: Deps) => async (call: Call<unknown, unknown, CampaignForm>) => {
  const { body: form, user } = call;
  const season = await deps.seasons.get(form.season);
  const given = await deps.lineups.grants(form.surface, form.season, user.tenant);
  if (!season) throw new Refusal("not-granted");
  const grants = given.map((grant) => standing(grant, season));
  const categories = (await appliedWith(deps, grants))?.categories ?? null;
  const at = deps.now();
  const campaign = create(form, { season, grants, categories, id: deps.newId("cmp"), by: user.sub, at });
  const { id, version } = campaign;
  const change = {
    at,
    action: "campaign:create",
    subject: `campaign/${id}`,
    concern: concernOf(campaign),
    version,
    before: null,
    after: "created",
  };
  await deps.campaigns.create(campaign, committing(deps, call, change, campaign));
  return campaign;
};

/** One campaign. @throws Refusal `not-found`. */
export const readCampaign =
  ({ campaigns }: Pick<Deps, "campaigns">) =>
  async ({ params, user }: Call<{ campaign: string }>) =>
    within(user, await campaigns.get(params.campaign));
