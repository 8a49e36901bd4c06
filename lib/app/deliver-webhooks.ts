import type { Change, FedChange } from "../domain/change.ts";
import { unbroken } from "../domain/change.ts";
import { isRefusal } from "../domain/refusal.ts";
import { disabled, type Subscription, subscriptionConcern, wants } from "../domain/subscription.ts";
import { type Attempt, advanced, isTaken, type Progress, postponed, wordsFor } from "../domain/webhook.ts";
import type { Instant } from "../domain/window.ts";
import { audited } from "./commitment.ts";
import type { FeedStore } from "./ports/feed.ts";
import type { Message, SendWebhook, SubscriptionStore } from "./ports/webhooks.ts";
import type { Log, NewId, Now, Random } from "./ports/world.ts";

interface Deps {
  readonly subscriptions: SubscriptionStore;
  readonly feed: FeedStore;
  readonly send: SendWebhook;
  readonly random: Random;
  readonly newId: NewId;
  readonly log: Log;
  /** The festival's clock, for the audit. */
  readonly now: Now;
  /** Receivers live by the machine's clock, wherever the festival's stands. */
  readonly machineNow: Now;
}

/** One run, and when it has to be over by the machine's clock: no change is sent after. */
interface Run {
  readonly requestId: string;
  readonly until: Instant;
}

/** Receivers that are sent to at the same time, so that a slow one does not keep the others waiting. */
const AT_ONCE = 50;
const PAGE = 100;
const DELIVERER = { sub: "webhooks", role: "clock", tenant: "*" } as const;

/**
 * Sends every active subscription what has changed since it was last here, in order. A change is sent at least once: the cursor
 * moves only after a 2xx, and two runs at the same time may both send one, of which one moves the cursor. Its id, the same each
 * time, lets the receiver drop the repeat (Standard Webhooks).
 */
export const deliverWebhooks = (deps: Deps) => async (run: Run) => {
  const waiting = [...(await deps.subscriptions.active())];
  const lane = async () => {
    for (let next = waiting.shift(); next && deps.machineNow() < run.until; next = waiting.shift()) await deliverTo(deps, next, run);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, lane));
};

async function deliverTo(deps: Deps, { feed, id }: Pick<Subscription, "feed" | "id">, run: Run): Promise<void> {
  const found = await deps.subscriptions.get(feed, id);
  if (found?.subscription.state !== "active") return;
  const { subscription } = found;
  const secret = await deps.subscriptions.secret(subscription);
  if (secret === undefined) return;
  const receiver = { subscription, to: { url: subscription.url, secret } };
  let progress: Progress | undefined = found.progress;
  while (progress && progress.dueAt <= deps.machineNow() && deps.machineNow() < run.until) {
    const changes = unbroken(await deps.feed.after(feed, progress.cursor, PAGE), progress.cursor);
    if (changes.length === 0) return;
    progress = await deliverPage(deps, receiver, progress, changes, run);
  }
}

interface Receiver {
  readonly subscription: Subscription;
  readonly to: Parameters<SendWebhook>[0];
}

/** Where the subscription stands after the page; undefined when this run is to leave it alone. */
async function deliverPage(deps: Deps, receiver: Receiver, from: Progress, changes: readonly FedChange[], run: Run) {
  const { subscription, to } = receiver;
  let progress = from;
  for (const change of changes) {
    if (!wants(subscription, change)) continue;
    if (deps.machineNow() >= run.until) return undefined;
    const attempt = await deps.send(to, messageOf(change));
    if (!isTaken(attempt)) return failed(deps, receiver, { ...progress, cursor: change.sequence - 1 }, attempt, run);
    progress = advanced(progress, change.sequence);
    if (!(await deps.subscriptions.proceed(subscription, progress))) return undefined;
  }
  const last = changes.at(-1)?.sequence ?? progress.cursor;
  if (last === progress.cursor) return progress;
  const passed = advanced(progress, last);
  return (await deps.subscriptions.proceed(subscription, passed)) ? passed : undefined;
}

/** Put off; or disabled, with the reason, when it has failed too often or its receiver wants no more. */
async function failed(
  deps: Deps,
  { subscription }: Receiver,
  progress: Progress,
  attempt: Attempt,
  { requestId }: Run,
): Promise<undefined> {
  const reason = wordsFor(attempt);
  const later = postponed(progress, attempt, { at: deps.machineNow(), random: deps.random() });
  deps.log("warn", later ? "webhook-failed" : "webhook-disabled", { webhook: subscription.id, reason, failures: progress.failures + 1 });
  if (later) {
    await deps.subscriptions.proceed(subscription, later);
    return undefined;
  }
  const after = disabled(subscription, reason);
  const event = audited(
    deps,
    { user: DELIVERER, requestId },
    {
      at: deps.now(),
      action: "webhook:disable",
      subject: `webhook/${subscription.id}`,
      concern: subscriptionConcern(after),
      version: after.version,
      before: subscription.state,
      after: after.state,
      why: reason,
    },
  );
  try {
    await deps.subscriptions.save(
      { subscription: after, progress: { ...progress, version: progress.version + 1 } },
      { event, receipt: null },
    );
  } catch (error) {
    // Another run, or its owner, was first.
    if (!isRefusal(error, "changed-meanwhile")) throw error;
  }
  return undefined;
}

/** Standard Webhooks' three members. */
const messageOf = (change: FedChange): Message => ({ id: change.id, body: JSON.stringify(payloadOf(change)) });

const payloadOf = ({ at, ...change }: Change) => ({
  type: change.type,
  timestamp: new Date(at).toISOString(),
  data: { ...change, at: new Date(at).toISOString() },
});
