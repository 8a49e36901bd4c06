import { concernOf } from "../domain/audit.ts";
import type { User } from "../domain/authorisation.ts";
import { type Card, type CardChange, type CardForm, changeCard, grantFor, type Setting, submitCard as submit } from "../domain/card.ts";
import { lint } from "../domain/card-lint.ts";
import type { Signer } from "../domain/event-token.ts";
import { standing } from "../domain/grant.ts";
import { Refusal } from "../domain/refusal.ts";
import { decided, type Feedback } from "../domain/review.ts";
import { waysFor } from "../domain/routing.ts";
import { SYSTEMS } from "../domain/targeting.ts";
import { appliedWith } from "./applied-with.ts";
import { committing } from "./commitment.ts";
import { type PageQuery, paged } from "./paging.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { CampaignStore } from "./ports/campaigns.ts";
import type { CardStore } from "./ports/cards.ts";
import type { ImageStore } from "./ports/images.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly cards: CardStore;
  readonly applications: Pick<ApplicationStore, "get">;
  readonly campaigns: Pick<CampaignStore, "get">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly lineups: Pick<LineupStore, "grants">;
  readonly images: Pick<ImageStore, "ofBrand">;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

type One = { card: string };

/** A brand submits a card to its campaign; it waits for the host. @throws Refusal `not-found`, `not-granted`, `card-not-acceptable`. */
export const submitCard = (deps: Deps) => async (call: Call<unknown, unknown, CardForm>) => {
  const { body: form, user } = call;
  const setting = await settingOf(deps, user, form);
  const card = submit(form, { ...setting, id: deps.newId("crd"), by: user.sub, at: deps.now() });
  await deps.cards.save(card, transition(deps, call, "create", undefined, card));
  return card;
};

/** Every fault that submitting the card would be refused for. Nothing is kept. @throws Refusal `not-found`, `not-granted`. */
export const lintCard =
  (deps: Deps) =>
  async ({ body: form, user }: Call<unknown, unknown, CardForm>) => {
    const setting = await settingOf(deps, user, form);
    const faults = lint(form, grantFor(form, setting.grants, deps.now()), setting);
    return { ok: faults.length === 0, faults };
  };

/**
 * The brand makes a new version of its card, the version in hand; one that differs in what viewers see goes back to the host and is not
 * shown from then on. @throws Refusal `not-found`, `changed-meanwhile`, `not-granted`, `card-not-acceptable`.
 */
export const changeOwnCard = (deps: Deps) => async (call: Call<One, unknown, CardChange & { readonly version: number }>) => {
  const { body, user } = call;
  const { version, ...change } = body;
  const before = within(user, await deps.cards.get(call.params.card));
  if (before.version !== version) throw new Refusal("changed-meanwhile");
  const setting = await settingOf(deps, user, { ...change, campaign: before.campaign });
  const after = changeCard(before, change, { ...setting, by: user.sub, at: deps.now() });
  await deps.cards.save(after, transition(deps, call, after.status === "approved" ? "adjust" : "revise", before, after));
  return after;
};

/** One card. @throws Refusal `not-found`. */
export const readCard =
  ({ cards }: Pick<Deps, "cards">) =>
  async ({ params, user }: Call<One>) =>
    within(user, await cards.get(params.card));

/** Later than any version of a host's app. */
const NEWEST = "99999";

/**
 * The card as a feed would draw it, and where it would lead on each system, with all the marketplace's apps and the newest host. Nothing of it is counted: it has no address that is.
 * @throws Refusal `not-found`.
 */
export const previewCard =
  ({ cards, catalogue }: Pick<Deps, "cards" | "catalogue">) =>
  async ({ params, user }: Call<One>) => {
    const card = within(user, await cards.get(params.card));
    const [surface, marketplace] = [catalogue.surface(card.surface), catalogue.marketplace(card.marketplace)];
    if (!surface || !marketplace) throw new Refusal("not-found");
    const ground = { marketplace, host: catalogue.host(surface.host), domain: null };
    const phone = { surface: surface.id, hostVersion: NEWEST, installedApps: marketplace.apps };
    const links = SYSTEMS.map((os) => ({ os, ways: waysFor(ground, card.destination, { ...phone, os }) }));
    return { card, label: surface.label, links };
  };

/** A page of a brand's own cards, newest first, or of those that wait for the host, longest first. @throws Refusal `cursor-invalid`. */
export const listCards =
  (deps: Pick<Deps, "cards" | "now"> & { readonly cursors: Signer }) =>
  async ({ user: { role, tenant }, query }: Call<unknown, PageQuery>) => {
    const { items, next } = await paged(deps, ["cards", role, tenant], query, (page) =>
      role === "brand" ? deps.cards.ofBrand(tenant, page) : deps.cards.waiting(tenant, page),
    );
    return { cards: items, next };
  };

/** `version`: what the reviewer has seen. */
export type CardReview = { readonly version: number } & (
  | { readonly decision: "approve" }
  | { readonly decision: "deny" | "request-changes"; readonly feedback: readonly Feedback[] }
);

/**
 * The host lets a card be shown, or says why not; also of one that it has let through, which is then not shown any more.
 * @throws Refusal `not-found`, `changed-meanwhile`, `already-decided`, `self-review`.
 */
export const reviewCard = (deps: Pick<Deps, "cards" | "now" | "newId">) => async (call: Call<One, unknown, CardReview>) => {
  const { body: review, user } = call;
  const before = within(user, await deps.cards.get(call.params.card));
  const feedback = review.decision === "approve" ? [] : review.feedback;
  const after = decided(before, review.decision, { by: user.sub, at: deps.now() }, feedback);
  if (before.version !== review.version) throw new Refusal("changed-meanwhile");
  const why = feedback.map(({ code }) => code).join(" ") || null;
  await deps.cards.save(after, transition(deps, call, review.decision, before, after, why));
  return after;
};

/** What a card of the brand's campaign has to fit. @throws Refusal `not-found`, `not-granted`. */
async function settingOf(deps: Deps, user: User, form: CardForm): Promise<Setting> {
  const campaign = within(user, await deps.campaigns.get(form.campaign));
  const surface = deps.catalogue.surface(campaign.surface);
  if (!surface) throw new Refusal("not-found");
  const [season, given, images] = await Promise.all([
    deps.seasons.get(campaign.season),
    deps.lineups.grants(campaign.surface, campaign.season, campaign.brand),
    deps.images.ofBrand(campaign.brand, [...new Set(form.images.map(({ sha256 }) => sha256))]),
  ]);
  if (!season) throw new Refusal("not-granted");
  const storeName = (await appliedWith(deps, given))?.store.names ?? given.at(-1)?.names;
  if (!storeName) throw new Refusal("not-granted");
  return { campaign, season, surface, grants: given.map((grant) => standing(grant, season)), storeName, images };
}

/** What a change of a card is saved with. */
const transition = (
  deps: Pick<Deps, "newId" | "now">,
  call: Call,
  verb: string,
  before: Card | undefined,
  after: Card,
  why: string | null = null,
) =>
  committing(
    deps,
    call,
    {
      at: deps.now(),
      action: `card:${verb}`,
      subject: `card/${after.id}`,
      concern: concernOf(after),
      version: after.version,
      before: before?.status ?? null,
      after: after.status,
      why,
    },
    after,
  );
