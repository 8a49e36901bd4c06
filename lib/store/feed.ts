import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { FeedStore } from "../app/ports/feed.ts";
import { Unavailable } from "../app/ports/unavailable.ts";
import { auditEvent, change } from "../contracts/changes.ts";
import { fromOutside } from "../contracts/wire.ts";
import type { AuditEvent } from "../domain/audit.ts";
import type { Announcement } from "../domain/change.ts";
import { restored, stored } from "./commit.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { isOutbox, keys, QUEUE_INDEX, WAITING } from "./keys.ts";
import type { Table, TransactItems } from "./table.ts";

/** AWS takes at most this many items in a transaction. */
const MOST_ITEMS = 100;
/** Tries of one transaction against announcers that were first; each time it loses, one of them has got on. */
const TRIES = 30;
const LOST_WAIT_MS = 20;

/**
 * Feeds: of each a head that counts, and an item for every change. A change gets its place in one transaction with the heads
 * it moves and the mark on its outbox item, so it has one place, and no place stays empty. The transaction is a pure function of
 * the events and of where the heads stood.
 */
export function feedStore(registry: Table): FeedStore {
  const end = async (feed: string) => Number((await registry.get(keys.feedHead(feed)))?.["last"] ?? 0);

  /** Those of the announcements whose outbox item is there, and not marked. */
  const unmarked = async (announcements: readonly Announcement[]) => {
    const items = await registry.getAll(announcements.map(outboxKey));
    const open = new Set(items.filter((item) => item["announced"] !== true).map(({ pk, sk }) => `${pk} ${sk}`));
    return announcements.filter((each) => open.has(named(each)));
  };

  const placeTogether = async (announcements: readonly Announcement[]) => {
    let pending = announcements;
    for (let tries = 1; pending.length > 0; tries++) {
      const heads = new Map(await Promise.all(feedsOf(pending).map(async (feed) => [feed, await end(feed)] as const)));
      try {
        return await registry.transact(placing(registry.name, pending, heads), tokenOf(pending, heads));
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        if (tries >= TRIES) throw new Unavailable(error);
        pending = await unmarked(pending);
        await pause(Math.random() * LOST_WAIT_MS * Math.min(tries, 10));
      }
    }
  };

  return {
    async announce(announcements) {
      for (const some of inTransactions(withoutRepeats(announcements))) await placeTogether(some);
    },

    async waiting(most) {
      const found = await Promise.all(WAITING.map((partition) => registry.queryIndex(QUEUE_INDEX, partition, undefined, most)));
      // One that cannot be read has gone to the dead letters, and is not to hold up the others.
      const events = found.flat().flatMap((item) => readable(item["doc"]));
      return events.sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, most);
    },

    async after(feed, since, most) {
      const { pk, sk } = keys.fed(feed, since);
      const found = [];
      let after: string | undefined = sk;
      do {
        const page = await registry.page({ pk, prefix: "CHANGE#" }, { after, limit: most - found.length });
        found.push(...page.items.map((item) => restored(change, item)));
        after = page.last;
      } while (after !== undefined && found.length < most);
      return found;
    },

    end,
  };
}

/** A record of the Registry's stream, as far as we read it. */
interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly dynamodb?: { readonly NewImage?: object | undefined } | undefined;
}

/** The event whose outbox item the record says is new; undefined for any other record. @throws Unreadable when the item is not what we write. */
export function eventInOutbox({ eventName, dynamodb }: StreamRecord): AuditEvent | undefined {
  if (eventName !== "INSERT" || !dynamodb?.NewImage) return undefined;
  const item = unmarshall(dynamodb.NewImage as Record<string, AttributeValue>);
  return isOutbox(String(item["pk"])) ? restored(auditEvent, item) : undefined;
}

function readable(doc: unknown): AuditEvent[] {
  const found = fromOutside(auditEvent, doc);
  return "value" in found ? [found.value as AuditEvent] : [];
}

const outboxKey = ({ event }: Announcement) => keys.outbox(event.subject, event.version);
const named = (announcement: Announcement) => {
  const { pk, sk } = outboxKey(announcement);
  return `${pk} ${sk}`;
};
const feedsOf = (announcements: readonly Announcement[]) => [
  ...new Set(announcements.flatMap(({ entries }) => entries.map(({ feed }) => feed))),
];

/** A batch may hold a record twice, and a transaction no item twice. */
const withoutRepeats = (announcements: readonly Announcement[]) => [...new Map(announcements.map((each) => [named(each), each])).values()];

/** As many together as one transaction takes, in order: a head is moved once for all of them. */
function inTransactions(announcements: readonly Announcement[]): Announcement[][] {
  const batches: Announcement[][] = [];
  let batch: Announcement[] = [];
  for (const each of announcements) {
    if (batch.length > 0 && itemsOf([...batch, each]) > MOST_ITEMS) {
      batches.push(batch);
      batch = [];
    }
    batch.push(each);
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

const itemsOf = (announcements: readonly Announcement[]) =>
  feedsOf(announcements).length + announcements.reduce((sum, { entries }) => sum + entries.length + 1, 0);

/** The same events from the same places go under the same token, whoever announces them. */
const tokenOf = (announcements: readonly Announcement[], heads: ReadonlyMap<string, number>) =>
  createHash("sha256")
    .update(JSON.stringify(["announce", [...heads], announcements.map(({ event }) => event.id)]))
    .digest("hex")
    .slice(0, 36);

function placing(TableName: string, announcements: readonly Announcement[], heads: ReadonlyMap<string, number>): TransactItems {
  const next = new Map(heads);
  const entries = announcements.flatMap((announcement) =>
    announcement.entries.map(({ feed, change: placed }) => {
      const sequence = (next.get(feed) ?? 0) + 1;
      next.set(feed, sequence);
      const Item = { ...keys.fed(feed, sequence), ...stored(change, { ...placed, sequence }) };
      return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(pk)" } };
    }),
  );
  const moves = [...heads].map(([feed, last]) => ({
    Update: {
      TableName,
      Key: keys.feedHead(feed),
      UpdateExpression: "SET #last = :next",
      ConditionExpression: last === 0 ? "attribute_not_exists(pk)" : "#last = :last",
      ExpressionAttributeNames: { "#last": "last" },
      ExpressionAttributeValues: { ":next": next.get(feed), ...(last === 0 ? {} : { ":last": last }) },
    },
  }));
  const marks = announcements.map((announcement) => ({
    Update: {
      TableName,
      Key: outboxKey(announcement),
      // What stays says that it has been announced, so a second record of it in the stream announces nothing. The event itself is in the audit.
      UpdateExpression: "SET announced = :true REMOVE doc, #queuePk, #queueSk",
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(announced)",
      ExpressionAttributeNames: { "#queuePk": QUEUE_INDEX.pk, "#queueSk": QUEUE_INDEX.sk },
      ExpressionAttributeValues: { ":true": true },
    },
  }));
  return [...moves, ...entries, ...marks];
}
