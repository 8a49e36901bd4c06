import { concernOf } from "../domain/audit.ts";
import {
  type Campaign,
  type CampaignForm,
  createCampaign as create,
  editCampaign,
  type SettingsForm,
  turnCampaign,
} from "../domain/campaign.ts";
import type { Signer } from "../domain/event-token.ts";
import { standing } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import { appliedWith } from "./applied-with.ts";
import { committing } from "./commitment.ts";
import { type PageQuery, paged } from "./paging.ts";
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
  await deps.campaigns.save(campaign, transition(deps, call, "create", undefined, campaign));
  return campaign;
};

/** The brand sets its campaign up anew, the version in hand. @throws Refusal `not-found`, `changed-meanwhile`, `campaign-not-acceptable`. */
export const changeCampaign =
  (deps: Deps) => async (call: Call<{ campaign: string }, unknown, SettingsForm & { readonly version: number }>) => {
    const { version, ...form } = call.body;
    const before = within(call.user, await deps.campaigns.get(call.params.campaign));
    if (before.version !== version) throw new Refusal("changed-meanwhile");
    const season = await deps.seasons.get(before.season);
    if (!season) throw new Refusal("not-found");
    const grants = await deps.lineups.grants(before.surface, before.season, before.brand);
    const categories = (await appliedWith(deps, grants))?.categories ?? null;
    const after = editCampaign(before, form, { season, categories });
    await deps.campaigns.save(after, transition(deps, call, "edit", before, after));
    return after;
  };

/** The brand pauses its campaign or lets it go on. Effective with the next snapshot. @throws Refusal `not-found`, `wrong-state`. */
export const turnOwnCampaign = (deps: Deps) => async (call: Call<{ campaign: string }, unknown, { readonly verb: "pause" | "resume" }>) => {
  const { verb } = call.body;
  const before = within(call.user, await deps.campaigns.get(call.params.campaign));
  const after = turnCampaign(before, verb);
  await deps.campaigns.save(after, transition(deps, call, verb, before, after));
  return after;
};

/** One campaign. @throws Refusal `not-found`. */
export const readCampaign =
  ({ campaigns }: Pick<Deps, "campaigns">) =>
  async ({ params, user }: Call<{ campaign: string }>) =>
    within(user, await campaigns.get(params.campaign));

/** A page of a brand's own campaigns, newest first. @throws Refusal `cursor-invalid`. */
export const listCampaigns =
  (deps: Pick<Deps, "campaigns" | "now"> & { readonly cursors: Signer }) =>
  async ({ user, query }: Call<unknown, PageQuery>) => {
    const { items, next } = await paged(deps, ["campaigns", user.tenant], query, (page) => deps.campaigns.ofBrand(user.tenant, page));
    return { campaigns: items, next };
  };

/** What a change of a campaign is saved with. */
const transition = (deps: Deps, call: Call, verb: string, before: Campaign | undefined, after: Campaign) =>
  committing(
    deps,
    call,
    {
      at: deps.now(),
      action: `campaign:${verb}`,
      subject: `campaign/${after.id}`,
      concern: concernOf(after),
      version: after.version,
      before: before?.state ?? null,
      after: after.state,
    },
    after,
  );
