import * as z from "zod";
import { CHANGE_TYPES } from "../domain/change.ts";
import { place } from "./changes.ts";
import type { Endpoint } from "./endpoint.ts";
import { id, instant, list } from "./primitives.ts";

const LONGEST_URL = 500;

export const subscription = z
  .object({
    id: z.string(),
    feed: z.string(),
    url: z.string(),
    types: z.array(z.string()).readonly(),
    state: z.enum(["active", "disabled"]),
    reason: z.string().nullable(),
    createdAt: instant,
    version: z.int(),
  })
  .meta({ id: "Subscription" });

/** With how far it has come: the last place delivered, the tries that failed since, and when the next may be made, if not at once. */
const standing = subscription
  .extend({ delivered: place, failures: z.int(), retryAt: instant.nullable() })
  .meta({ id: "SubscriptionStanding" });

const params = z.strictObject({ webhook: id("whk") });

export const subscriptions = {
  subscribe: {
    method: "POST",
    path: "/v1/webhooks",
    action: "subscription:manage",
    summary:
      "Have the changes of your feed sent to an https address, from now on, signed after Standard Webhooks. The secret is told here and never again. A change may be sent more than once: its `webhook-id` tells.",
    body: z.strictObject({ url: z.string().max(LONGEST_URL), types: list(z.enum(CHANGE_TYPES), CHANGE_TYPES.length).default([]) }),
    status: 201,
    reply: subscription.extend({ secret: z.string() }).meta({ id: "NewSubscription" }),
    refusals: ["not-admissible", "too-many-webhooks"],
  },
  list: {
    method: "GET",
    path: "/v1/webhooks",
    action: "subscription:manage",
    summary: "Your subscriptions, and how far each has come.",
    status: 200,
    reply: z.object({ webhooks: z.array(standing).readonly() }),
    refusals: [],
  },
  unsubscribe: {
    method: "DELETE",
    path: "/v1/webhooks/{webhook}",
    action: "subscription:manage",
    summary: "End a subscription.",
    params,
    status: 204,
    reply: z.object({}),
    refusals: ["not-found", "changed-meanwhile"],
  },
  replay: {
    method: "POST",
    path: "/v1/webhooks/{webhook}/replays",
    action: "subscription:manage",
    summary: "Have everything since an earlier place sent again, in order; enables a subscription that was disabled.",
    params,
    body: z.strictObject({ since: place }),
    status: 201,
    reply: standing,
    refusals: ["not-found", "not-admissible", "changed-meanwhile"],
  },
} as const satisfies Record<string, Endpoint>;
