import type { Subscription } from "../../domain/subscription.ts";
import type { Attempt, Progress } from "../../domain/webhook.ts";
import type { Commitment } from "./call.ts";

/** A change of a subscription, and where it then stands. */
export interface Subscribed {
  readonly subscription: Subscription;
  readonly progress: Progress;
}

export interface SubscriptionStore {
  get(feed: string, id: string): Promise<Subscribed | undefined>;
  ofFeed(feed: string): Promise<readonly Subscribed[]>;
  /** Of all feeds. May lag behind the latest writes. */
  active(): Promise<readonly Pick<Subscription, "feed" | "id">[]>;
  secret(subscription: Subscription): Promise<string | undefined>;
  /** @throws Refusal `too-many-webhooks`. */
  create(subscribed: Subscribed & { readonly secret: string; readonly most: number }, commitment: Commitment): Promise<void>;
  save(subscribed: Subscribed, commitment: Commitment): Promise<void>;
  remove(subscription: Subscription, commitment: Commitment): Promise<void>;
  /** False when another has moved it meanwhile. */
  proceed(subscription: Subscription, progress: Progress): Promise<boolean>;
}

/** A change as it is sent: `body` is what is signed. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

/** Sends a signed message once, and says what became of it; it throws for nothing a receiver or a network can do. */
export type SendWebhook = (to: { readonly url: string; readonly secret: string }, message: Message) => Promise<Attempt>;
