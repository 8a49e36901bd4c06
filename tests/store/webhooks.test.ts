import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { announce } from "../../lib/app/announce.ts";
import { deliverWebhooks } from "../../lib/app/deliver-webhooks.ts";
import type { SendWebhook } from "../../lib/app/ports/webhooks.ts";
import type { Log } from "../../lib/app/ports/world.ts";
import { newWebhookSecret, webhookSender } from "../../lib/deps/webhook-sender.ts";
import { replayed, type Subscription, subscribed } from "../../lib/domain/subscription.ts";
import { advanced, begun } from "../../lib/domain/webhook.ts";
import { feedStore } from "../../lib/store/feed.ts";
import { subscriptionStore } from "../../lib/store/subscriptions.ts";
import { Table } from "../../lib/store/table.ts";
import { inOutbox, turned } from "../support/announced.ts";
import { answers, hangs, openReceiver, type Receiver, takes } from "../support/receiver.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

jest.setTimeout(180_000);
const store = await storeBehindProxy();
const { proxy, registry } = store;
afterEach(() => proxy.clear());
afterAll(() => store.close());

const feed = feedStore(registry);
const subscriptions = subscriptionStore(registry);
const START = Date.parse("2026-06-01T00:00:00Z");
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

let count = 0;
let clock = START;
let receiver: Receiver;
const lines: string[] = [];
const log: Log = (...line) => void lines.push(JSON.stringify(line));

beforeEach(async () => {
  receiver = await openReceiver();
  clock = START;
});
afterEach(() => receiver.close());

/** A subscription of a host of its own, so that no other test's changes are in its feed. */
async function subscribe(types: readonly string[] = [], from = receiver) {
  const id = `whk_${store.run}${++count}`;
  const subscription = subscribed({ id, feed: `host/${id}`, url: from.url, types, createdAt: START, loopback: true });
  const secret = newWebhookSecret();
  const event = turned(store.run, { action: "webhook:create", subject: `webhook/${id}`, after: "active" });
  await subscriptions.create({ subscription, progress: begun(0), secret, most: 10 }, { event, receipt: null });
  return { subscription, secret };
}

/** So many changes in the subscription's feed. Their ids. */
async function change({ feed: of }: Subscription, howMany: number, action = "grant:suspend") {
  const concern = { host: of.slice("host/".length), marketplace: null, brand: null, season: null, surfaces: [] };
  const made = await inOutbox(
    registry,
    Array.from({ length: howMany }, () => turned(store.run, { concern, action })),
  );
  await announce({ feed })(made);
  return made.map(({ id }) => id);
}

const runner = (send: SendWebhook = webhookSender({ loopback: true, timeoutMs: 5_000 }), table = registry) => {
  const deliver = deliverWebhooks({
    subscriptions: subscriptionStore(table),
    feed: feedStore(table),
    send,
    random: () => 0,
    newId: (prefix) => `${prefix}_${store.run}d${++count}`,
    log,
    now: () => START,
    machineNow: () => clock,
  });
  return (until = Number.POSITIVE_INFINITY) => deliver({ requestId: "req-run", until });
};
const run = runner();
const standing = async ({ feed: of, id }: Subscription) => {
  const found = await subscriptions.get(of, id);
  return { ...found?.progress, state: found?.subscription.state, reason: found?.subscription.reason };
};

test("what has changed is sent in order, signed, once, and then nothing until there is more", async () => {
  const { subscription, secret } = await subscribe();
  const ids = await change(subscription, 130);
  await run();
  await run();
  expect(receiver.ids).toEqual(ids);
  for (const delivery of receiver.deliveries.slice(0, 3))
    expect(receiver.verified(delivery, secret)).toMatchObject({ type: "grant.suspended", data: { id: delivery.id, after: "suspended" } });
  const more = await change(subscription, 2);
  await run();
  expect(receiver.ids).toEqual([...ids, ...more]);
  expect(await standing(subscription)).toMatchObject({ cursor: 132, failures: 0 });
});

test("what was not asked for is passed over", async () => {
  const { subscription } = await subscribe(["grant.revoked"]);
  await change(subscription, 4);
  const [wanted] = await change(subscription, 1, "grant:revoke");
  await change(subscription, 3);
  await run();
  expect(receiver.ids).toEqual([wanted]);
  expect(await standing(subscription)).toMatchObject({ cursor: 8 });
});

describe("a receiver that", () => {
  test.each([
    ["answers 500", () => answers(500), "status-500"],
    ["answers 404", () => answers(404), "status-404"],
    ["sends elsewhere", () => answers(302), "status-302"],
    ["hangs", () => hangs, "timeout"],
    ["hangs up", () => (outgoing: { destroy(): unknown }) => void outgoing.destroy(), "connection-failed"],
  ])("%s is tried again after 30 s, 2 min, 10 min, 1 h and 6 h, then left alone, with the reason", async (_, answer, reason) => {
    const { subscription } = await subscribe();
    const [first] = await change(subscription, 3);
    receiver.answer(answer());
    const hasty = runner(webhookSender({ loopback: true, timeoutMs: reason === "timeout" ? 100 : 5_000 }));
    await hasty();
    for (const [tries, wait] of [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR].entries()) {
      expect(await standing(subscription)).toMatchObject({ state: "active", cursor: 0, failures: tries + 1, dueAt: clock + wait });
      clock += wait - 1;
      await hasty();
      expect(receiver.ids).toHaveLength(tries + 1);
      clock += 1;
      await hasty();
      expect(receiver.ids).toHaveLength(tries + 2);
    }
    expect(new Set(receiver.ids)).toEqual(new Set([first]));
    expect(await standing(subscription)).toMatchObject({ state: "disabled", reason, cursor: 0 });
    const items = await store.items(registry);
    expect(items.filter(({ pk }) => pk === `AUDIT#webhook/${subscription.id}`)).toMatchObject([
      {},
      {
        doc: {
          action: "webhook:disable",
          why: reason,
          actor: { role: "clock" },
          before: "active",
          after: "disabled",
          requestId: "req-run",
        },
      },
    ]);
    clock += 30 * 24 * HOUR;
    receiver.answer(takes);
    await hasty();
    expect(receiver.ids).toHaveLength(6);
  });

  test("is well again is sent everything it missed, in order, and has all its tries back", async () => {
    const { subscription } = await subscribe();
    const ids = await change(subscription, 4);
    receiver.answer((outgoing) => void outgoing.writeHead(receiver.ids.length >= 3 ? 503 : 200).end());
    await run();
    expect(receiver.ids).toEqual(ids.slice(0, 3));
    expect(await standing(subscription)).toMatchObject({ cursor: 2, failures: 1 });
    receiver.answer(takes);
    const later = await change(subscription, 2);
    await run();
    expect(receiver.ids).toHaveLength(3);
    clock += 30 * SECOND;
    await run();
    expect(receiver.ids).toEqual([...ids.slice(0, 3), ...ids.slice(2), ...later]);
    expect(await standing(subscription)).toMatchObject({ cursor: 6, failures: 0 });
  });

  test("answers 410 is not sent to again", async () => {
    const { subscription } = await subscribe();
    await change(subscription, 2);
    receiver.answer(answers(410));
    await run();
    clock += 24 * HOUR;
    await run();
    expect(receiver.ids).toHaveLength(1);
    expect(await standing(subscription)).toMatchObject({ state: "disabled", reason: "status-410" });
  });

  test("hangs keeps nobody else waiting", async () => {
    const stuck = await openReceiver();
    stuck.answer(hangs);
    const { subscription: slow } = await subscribe([], stuck);
    const { subscription } = await subscribe();
    await change(slow, 1);
    const ids = await change(subscription, 20);
    let gaveUp: (() => void) | undefined;
    const held = new Promise<void>((done) => {
      gaveUp = done;
    });
    const real = webhookSender({ loopback: true, timeoutMs: 5_000 });
    const send: SendWebhook = async (to, message) => {
      if (to.url !== stuck.url) return real(to, message);
      await held;
      return { fault: "timeout" };
    };
    const running = runner(send)();
    while (receiver.ids.length < ids.length) await new Promise((done) => setTimeout(done, 5));
    gaveUp?.();
    await running;
    await stuck.close();
    expect(receiver.ids).toEqual(ids);
  });
});

test("runs at the same time may repeat a change, and skip none", async () => {
  const { subscription } = await subscribe();
  const ids = await change(subscription, 30);
  await Promise.all([run(), run(), run()]);
  await run();
  expect([...new Set(receiver.ids)]).toEqual(ids);
  expect(await standing(subscription)).toMatchObject({ cursor: 30 });
});

test.each(["loseResponse", "lose500", "internal", "reset", "throttle"] as const)(
  "though the cursor's own write meets %s, nothing is skipped",
  async (act) => {
    const { subscription } = await subscribe();
    const ids = await change(subscription, 5);
    proxy.rules([{ op: "PutItem", match: /PROGRESS#/, act, after: 2, times: 2 }]);
    await run().catch(() => undefined);
    proxy.clear();
    await run();
    expect([...new Set(receiver.ids)]).toEqual(ids);
    expect(await standing(subscription)).toMatchObject({ cursor: 5 });
  },
);

test("a run that died after sending sends that change again, under the same id", async () => {
  const { subscription } = await subscribe();
  const ids = await change(subscription, 3);
  proxy.rules([{ op: "PutItem", match: /PROGRESS#/, act: "unavailable" }]);
  await runner(undefined, new Table(store.client({ maxAttempts: 1 }), registry.name))().catch(() => undefined);
  proxy.clear();
  await run();
  expect(receiver.ids).toEqual([ids[0], ...ids]);
});

test("a replay sends everything again from its place, whatever a run that began before it does", async () => {
  const { subscription } = await subscribe();
  const ids = await change(subscription, 6);
  await run();
  const found = await subscriptions.get(subscription.feed, subscription.id);
  if (!found) throw new Error("it was just made");
  const event = turned(store.run, { action: "webhook:replay", subject: `webhook/${subscription.id}`, version: 2 });
  const back = { subscription: replayed(found.subscription), progress: advanced(found.progress, 2) };
  await subscriptions.save(back, { event, receipt: null });
  expect(await subscriptions.proceed(subscription, advanced(found.progress, 6))).toBe(false);
  await run();
  expect(receiver.ids).toEqual([...ids, ...ids.slice(2)]);
});

test("a run that has to be over sends no more, and the next goes on from there", async () => {
  const { subscription } = await subscribe();
  const ids = await change(subscription, 6);
  receiver.answer((outgoing) => {
    clock += 10 * SECOND;
    takes(outgoing, undefined as never);
  });
  await run(START + 25 * SECOND);
  expect(receiver.ids).toEqual(ids.slice(0, 3));
  await run();
  expect(receiver.ids).toEqual(ids);
});

test("one that ends while it is being sent to is sent nothing more", async () => {
  const { subscription } = await subscribe();
  await change(subscription, 6);
  receiver.answer(async (outgoing) => {
    if (receiver.ids.length === 2) {
      const event = turned(store.run, { action: "webhook:delete", subject: `webhook/${subscription.id}`, version: 2, after: "deleted" });
      await subscriptions.remove(subscription, { event, receipt: null });
    }
    takes(outgoing, undefined as never);
  });
  await run();
  await run();
  expect(receiver.ids).toHaveLength(2);
  const left = (await store.items(registry)).filter(({ pk }) => pk === `WEBHOOKS#${subscription.feed}`);
  expect(left).toMatchObject([{ sk: "COUNT", count: 0 }]);
});

test("a feed has ten subscriptions and no more, and a place that is given up is free again", async () => {
  const of = `host/full-${store.run}`;
  const make = async () => {
    const id = `whk_${store.run}${++count}`;
    const subscription = subscribed({ id, feed: of, url: receiver.url, types: [], createdAt: START, loopback: true });
    const event = turned(store.run, { action: "webhook:create", subject: `webhook/${id}` });
    await subscriptions.create({ subscription, progress: begun(0), secret: newWebhookSecret(), most: 10 }, { event, receipt: null });
    return subscription;
  };
  const made = await Promise.allSettled(Array.from({ length: 14 }, make));
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  for (const each of made) if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "too-many-webhooks" });
  const [one] = await subscriptions.ofFeed(of);
  const event = turned(store.run, { action: "webhook:delete", subject: `webhook/${one?.subscription.id}`, version: 2, after: "deleted" });
  if (one) await subscriptions.remove(one.subscription, { event, receipt: null });
  await make();
  await expect(make()).rejects.toMatchObject({ code: "too-many-webhooks" });
});

test("no line of the log holds a secret, an address or a change", () => {
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.join("\n")).not.toMatch(/whsec_|http:|127\.0\.0\.1|grant/);
});
