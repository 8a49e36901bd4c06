import type { Context } from "aws-lambda";
import { deliverWebhooks } from "../lib/app/deliver-webhooks.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { newId } from "../lib/deps/ids.ts";
import { log } from "../lib/deps/log.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { webhookSender } from "../lib/deps/webhook-sender.ts";
import { feedStore } from "../lib/store/feed.ts";
import { subscriptionStore } from "../lib/store/subscriptions.ts";

const registry = registryTable("write");
const deliver = deliverWebhooks({
  now: festivalClock(),
  machineNow: () => Date.now(),
  random: Math.random,
  newId,
  log,
  send: webhookSender(),
  feed: feedStore(registry),
  subscriptions: subscriptionStore(registry),
});

/** What the last change sent may still take: its three seconds, and the writes after it. Milliseconds. */
const LAST_MS = 6_000;

/** EventBridge calls every minute, so a change is sent within a minute of its announcement. */
export const handler = async (_event: unknown, { awsRequestId, getRemainingTimeInMillis }: Context) =>
  deliver({ requestId: awsRequestId, until: Date.now() + getRemainingTimeInMillis() - LAST_MS });
