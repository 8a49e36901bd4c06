import { listSubscriptions, replayWebhook, subscribe, unsubscribe } from "../lib/app/subscriptions.ts";
import { subscriptions } from "../lib/contracts/subscriptions.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { newId } from "../lib/deps/ids.ts";
import { log } from "../lib/deps/log.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { mayReachLoopback, newWebhookSecret } from "../lib/deps/webhook-sender.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { feedStore } from "../lib/store/feed.ts";
import { subscriptionStore } from "../lib/store/subscriptions.ts";

const registry = registryTable("write");
const deps = {
  now: festivalClock(),
  log,
  newId,
  newSecret: newWebhookSecret,
  loopback: mayReachLoopback(),
  identify: identity(),
  feed: feedStore(registry),
  subscriptions: subscriptionStore(registry),
};

export const handler = endpoints(
  subscriptions,
  { subscribe: subscribe(deps), list: listSubscriptions(deps), unsubscribe: unsubscribe(deps), replay: replayWebhook(deps) },
  deps,
);
