import type { Concern } from "./audit.ts";
import type { Change } from "./change.ts";
import { Refusal } from "./refusal.ts";
import { webhookUrl } from "./webhook.ts";
import type { Instant } from "./window.ts";

/** Somebody's wish to be told of the changes in their feed. The secret that signs is kept apart. */
export interface Subscription {
  readonly id: string;
  /** The subscriber's, as `host/wechat`. */
  readonly feed: string;
  readonly url: string;
  /** None means all. */
  readonly types: readonly string[];
  readonly state: "active" | "disabled";
  /** Why it is disabled. */
  readonly reason: string | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** Subscriptions one feed may have. */
export const MOST_SUBSCRIPTIONS = 10;

/** @throws Refusal `not-admissible` when nothing is sent to such an address. */
export function subscribed({
  url: text,
  loopback,
  ...wish
}: Pick<Subscription, "id" | "feed" | "url" | "types" | "createdAt"> & { loopback: boolean }): Subscription {
  const url = webhookUrl(text, { loopback });
  if (url === undefined)
    throw new Refusal("not-admissible", [
      {
        code: "url-not-public",
        field: "/url",
        detail: "Give an https address on port 443 under a public name, without user, password or fragment.",
      },
    ]);
  return { ...wish, url, state: "active", reason: null, version: 1 };
}

export const wants = ({ types }: Subscription, { type }: Change): boolean => types.length === 0 || types.includes(type);

export const disabled = (subscription: Subscription, reason: string): Subscription => ({
  ...subscription,
  state: "disabled",
  reason,
  version: subscription.version + 1,
});

/** A replay also enables again what was disabled. */
export const replayed = (subscription: Subscription): Subscription => ({
  ...subscription,
  state: "active",
  reason: null,
  version: subscription.version + 1,
});

/** Whom a change of a subscription concerns: its owner alone. */
export function subscriptionConcern({ feed }: Subscription): Concern {
  const [party, tenant = ""] = feed.split("/");
  const of = (one: string) => (party === one ? tenant : null);
  return { host: of("host"), marketplace: of("marketplace"), brand: of("brand"), season: null, surfaces: [] };
}
