import { feedFor } from "../domain/change.ts";
import { Refusal } from "../domain/refusal.ts";
import { MOST_SUBSCRIPTIONS, replayed, type Subscription, subscribed, subscriptionConcern } from "../domain/subscription.ts";
import { advanced, begun } from "../domain/webhook.ts";
import { committing } from "./commitment.ts";
import type { Call } from "./ports/call.ts";
import type { FeedStore } from "./ports/feed.ts";
import type { Subscribed, SubscriptionStore } from "./ports/webhooks.ts";
import type { NewId, Now } from "./ports/world.ts";

interface Deps {
  readonly subscriptions: SubscriptionStore;
  readonly feed: FeedStore;
  readonly now: Now;
  readonly newId: NewId;
  /** A new secret to sign with. */
  readonly newSecret: () => string;
  /** Whether http://127.0.0.1 may be sent to. */
  readonly loopback: boolean;
}

type One = { webhook: string };

/** From now on the changes of the caller's feed are sent to the address. @throws Refusal `not-admissible`, `too-many-webhooks`. */
export const subscribe = (deps: Deps) => async (call: Call<unknown, unknown, Pick<Subscription, "url" | "types">>) => {
  const { url, types } = call.body;
  const feed = feedFor(call.user, undefined);
  const subscription = subscribed({ id: deps.newId("whk"), feed, url, types, createdAt: deps.now(), loopback: deps.loopback });
  const progress = begun(await deps.feed.end(feed));
  const secret = deps.newSecret();
  const most = MOST_SUBSCRIPTIONS;
  await deps.subscriptions.create({ subscription, progress, secret, most }, turning(deps, call, "create", undefined, subscription));
  return { ...subscription, secret };
};

/** The caller's own subscriptions, and how far each has come. */
export const listSubscriptions =
  ({ subscriptions }: Pick<Deps, "subscriptions">) =>
  async ({ user }: Call) => ({ webhooks: (await subscriptions.ofFeed(feedFor(user, undefined))).map(standing) });

/** @throws Refusal `not-found`. */
export const unsubscribe = (deps: Pick<Deps, "subscriptions" | "now" | "newId">) => async (call: Call<One>) => {
  const { subscription } = await own(deps, call);
  const after = { ...subscription, version: subscription.version + 1 };
  await deps.subscriptions.remove(subscription, turning(deps, call, "delete", subscription, after, "deleted"));
  return {};
};

/** Everything since an earlier place is sent again. @throws Refusal `not-found`, `not-admissible` when it has not come so far, `changed-meanwhile`. */
export const replayWebhook =
  (deps: Pick<Deps, "subscriptions" | "now" | "newId">) => async (call: Call<One, unknown, { readonly since: number }>) => {
    const { subscription, progress } = await own(deps, call);
    const { since } = call.body;
    if (since > progress.cursor)
      throw new Refusal("not-admissible", [
        { code: "not-delivered-yet", field: "/since", detail: `Delivered so far: ${progress.cursor}. A replay goes back.` },
      ]);
    const after = { subscription: replayed(subscription), progress: advanced(progress, since) };
    await deps.subscriptions.save(after, turning(deps, call, "replay", subscription, after.subscription));
    return standing(after);
  };

async function own({ subscriptions }: Pick<Deps, "subscriptions">, { user, params }: Call<One>): Promise<Subscribed> {
  const found = await subscriptions.get(feedFor(user, undefined), params.webhook);
  if (!found) throw new Refusal("not-found");
  return found;
}

const standing = ({ subscription, progress: { cursor, failures, dueAt } }: Subscribed) => ({
  ...subscription,
  delivered: cursor,
  failures,
  retryAt: failures > 0 ? dueAt : null,
});

const turning = (
  deps: Pick<Deps, "now" | "newId">,
  call: Call,
  verb: string,
  before: Subscription | undefined,
  after: Subscription,
  state: string = after.state,
) =>
  committing(
    deps,
    call,
    {
      at: deps.now(),
      action: `webhook:${verb}`,
      subject: `webhook/${after.id}`,
      concern: subscriptionConcern(after),
      version: after.version,
      before: before?.state ?? null,
      after: state,
    },
    null,
  );
