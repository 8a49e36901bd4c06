import type { SubscriptionStore } from "../app/ports/webhooks.ts";
import * as schemas from "../contracts/subscriptions.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { Progress } from "../domain/webhook.ts";
import { before, commit, type Put, restored, stored } from "./commit.ts";
import { keys, LIST_INDEX } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** The list index's partition of the subscriptions that are active, whosever they are. */
const ACTIVE = "WEBHOOKS";

/** Subscriptions under their feed: each an item, its secret another, and a third for how far it has come. */
export function subscriptionStore(registry: Table): SubscriptionStore {
  return {
    async get(feed, id) {
      const [item, progress] = await Promise.all([registry.get(keys.webhook(feed, id)), registry.get(keys.webhookProgress(feed, id))]);
      return item && progress && { subscription: restored(schemas.subscription, item), progress: progressIn(progress) };
    },

    async ofFeed(feed) {
      const items = await registry.queryAll({ pk: keys.webhooks(feed) });
      const under = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix));
      const progress = new Map(under("PROGRESS#").map((item) => [item.sk.slice("PROGRESS#".length), progressIn(item)]));
      return under("WEBHOOK#").flatMap((item) => {
        const subscription = restored(schemas.subscription, item);
        const standing = progress.get(subscription.id);
        return standing ? [{ subscription, progress: standing }] : [];
      });
    },

    async active() {
      const items = await registry.queryIndex(LIST_INDEX, ACTIVE);
      return items.map((item) => {
        const { feed, id } = restored(schemas.subscription, item);
        return { feed, id };
      });
    },

    async secret({ feed, id }) {
      const secret = (await registry.get(keys.webhookSecret(feed, id)))?.["secret"];
      return typeof secret === "string" ? secret : undefined;
    },

    async create({ subscription, progress, secret, most }, commitment) {
      const { feed, id } = subscription;
      const kept: Put = { key: keys.webhookSecret(feed, id), attributes: { secret }, over: "absent", otherwise: "changed-meanwhile" };
      const counted = { key: keys.webhookCount(feed), add: 1, atMost: most, otherwise: "too-many-webhooks" } as const;
      await commit(registry, [counted, subscriptionPut(subscription), kept, progressPut(subscription, progress)], commitment);
    },

    async save({ subscription, progress }, commitment) {
      await commit(registry, [subscriptionPut(subscription), progressPut(subscription, progress)], commitment);
    },

    async remove({ feed, id }, commitment) {
      const gone = [keys.webhook(feed, id), keys.webhookSecret(feed, id), keys.webhookProgress(feed, id)];
      const counted = { key: keys.webhookCount(feed), add: -1, atMost: null, otherwise: "changed-meanwhile" } as const;
      await commit(registry, [counted, ...gone.map((key) => ({ key, remove: true as const }))], commitment);
    },

    proceed: ({ feed, id }, progress) =>
      registry.putIfStill({ ...keys.webhookProgress(feed, id), ...progress }, "version", progress.version - 1),
  };
}

const subscriptionPut = (subscription: Subscription): Put => ({
  key: keys.webhook(subscription.feed, subscription.id),
  attributes: {
    version: subscription.version,
    ...(subscription.state === "active" ? { [LIST_INDEX.pk]: ACTIVE, [LIST_INDEX.sk]: subscription.id } : {}),
    ...stored(schemas.subscription, subscription),
  },
  over: before(subscription.version),
  otherwise: "changed-meanwhile",
});

const progressPut = ({ feed, id }: Subscription, progress: Progress): Put => ({
  key: keys.webhookProgress(feed, id),
  attributes: { ...progress },
  over: before(progress.version),
  otherwise: "changed-meanwhile",
});

const progressIn = (item: Item): Progress => ({
  cursor: Number(item["cursor"]),
  failures: Number(item["failures"]),
  dueAt: Number(item["dueAt"]),
  version: Number(item["version"]),
});
