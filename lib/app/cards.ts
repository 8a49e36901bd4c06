import { concernOf } from "../domain/audit.ts";
import { type CardForm, submitCard as submit } from "../domain/card.ts";
import { standing } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import { decided, type Feedback } from "../domain/review.ts";
import { appliedWith } from "./applied-with.ts";
import { committing } from "./commitment.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { CampaignStore } from "./ports/campaigns.ts";
import type { CardStore } from "./ports/cards.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly cards: CardStore;
  readonly applications: Pick<ApplicationStore, "get">;
  readonly campaigns: CampaignStore;
  readonly seasons: SeasonStore;
  readonly lineups: LineupStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

/** A brand submits a card to its campaign; it waits for the host. @throws Refusal `not-found`, `not-granted`, `card-not-acceptable`. */
export const submitCard = (deps: Deps) => async (call: Call<unknown, unknown, CardForm>) => {
  const { body: form, user } = call;
  const campaign = within(user, await deps.campaigns.get(form.campaign));
  const surface = deps.catalogue.surface(campaign.surface);
  if (!surface) throw new Refusal("not-found");
  const [season, given] = await Promise.all([
    deps.seasons.get(campaign.season),
    deps.lineups.grants(campaign.surface, campaign.season, campaign.brand),
  ]);
  if (!season) throw new Refusal("not-granted");
  const grants = given.map((grant) => standing(grant, season));
  const storeName = (await appliedWith(deps, grants))?.store.names ?? grants.at(-1)?.names;
  if (!storeName) throw new Refusal("not-granted");
  const at = deps.now();
  const card = submit(form, { campaign, season, grants, storeName, surface, id: deps.newId("crd"), by: user.sub, at });
  const { id, version, status } = card;
  const change = { at, action: "card:create", subject: `card/${id}`, concern: concernOf(card), version, before: null, after: status };
  await deps.cards.create(card, committing(deps, call, change, card));
  return card;
};

/** One card. @throws Refusal `not-found`. */
export const readCard =
  ({ cards }: Pick<Deps, "cards">) =>
  async ({ params, user }: Call<{ card: string }>) =>
    within(user, await cards.get(params.card));

export type CardReview = { readonly decision: "approve" } | { readonly decision: "deny"; readonly feedback: readonly Feedback[] };

/** The host lets a card be shown, or says why not. @throws Refusal `not-found`, `already-decided`, `self-review`. */
export const reviewCard = (deps: Pick<Deps, "cards" | "now" | "newId">) => async (call: Call<{ card: string }, unknown, CardReview>) => {
  const { params, body: review, user } = call;
  const pending = within(user, await deps.cards.get(params.card));
  const feedback = review.decision === "deny" ? review.feedback : [];
  const at = deps.now();
  const card = decided(pending, review.decision === "approve" ? "approved" : "denied", { by: user.sub, at }, feedback);
  const change = {
    at,
    action: "card:review",
    subject: `card/${card.id}`,
    concern: concernOf(card),
    version: card.version,
    before: pending.status,
    after: card.status,
    why: feedback.map(({ code }) => code).join(" ") || null,
  };
  const commitment = committing(deps, call, change, card);
  await (card.status === "approved" ? deps.cards.approve(card, commitment) : deps.cards.deny(card, commitment));
  return card;
};
