import { setTimeout as pause } from "node:timers/promises";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { isContended, isGarbled, translated } from "./failures.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export type Item = Key & Readonly<Record<string, unknown>>;

/** One partition, or the part of it whose sort keys begin with `prefix` or lie below `below`. */
export interface Range {
  readonly pk: string;
  readonly prefix?: string;
  readonly below?: string;
}

/** A table's index: its name and the attributes it is keyed by. */
export interface Index {
  readonly name: string;
  readonly pk: string;
  readonly sk: string;
}

export type TransactItems = NonNullable<TransactWriteCommandInput["TransactItems"]>;

/** What conditions said no to: the position of the first such write in its transaction, and the items found by all of them. */
export class ConditionFailed extends Error {
  readonly index: number;
  readonly found: readonly Readonly<Record<string, unknown>>[];

  constructor(index: number, found: readonly Readonly<Record<string, unknown>>[]) {
    super(`condition failed on write ${index}`);
    this.name = "ConditionFailed";
    this.index = index;
    this.found = found;
  }
}

/** Tries of one call against conflicts and unreadable answers, the first included; the SDK retries the rest. */
const TRIES = { transaction: 6, put: 3 } as const;
const CONFLICT_WAIT_MS = 40;
/** AWS takes at most 36 characters. */
const LONGEST_TOKEN = 36;

/**
 * One DynamoDB table behind the few verbs the stores need. It owns what is easily got wrong: consistent reads, whole
 * pages, conflict retries under the same token, and the translation of the SDK's errors (reliability.md §5).
 * Every verb @throws Unavailable when the store could not be reached.
 */
export class Table {
  readonly name: string;
  readonly #client: DynamoDBDocumentClient;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** Consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.#asked(() => this.#client.send(new GetCommand({ TableName: this.name, Key: key, ConsistentRead: true })));
    return Item as Item | undefined;
  }

  /** Every item of the range in order of sort key, all pages, consistent. */
  queryAll({ pk, prefix, below }: Range): Promise<Item[]> {
    const bound = prefix !== undefined ? "begins_with(sk, :bound)" : below !== undefined ? "sk < :bound" : undefined;
    return this.#pages({
      KeyConditionExpression: bound ? `pk = :pk AND ${bound}` : "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk, ...(bound ? { ":bound": prefix ?? below } : {}) },
      ConsistentRead: true,
    });
  }

  /** Every item of an index's partition in order. May lag behind the latest writes. */
  queryIndex({ name, pk }: Index, value: string): Promise<Item[]> {
    return this.#pages({
      IndexName: name,
      KeyConditionExpression: "#pk = :pk",
      ExpressionAttributeNames: { "#pk": pk },
      ExpressionAttributeValues: { ":pk": value },
    });
  }

  /** True when the item was not there before. An answer that was lost makes a second try find its own item: false, and the item is there. */
  async putIfAbsent(item: Item): Promise<boolean> {
    return this.#unlessConditionFails(item, { ConditionExpression: "attribute_not_exists(pk)" });
  }

  /** Replaces the item when `attribute` holds `value`, or puts it when `value` is undefined and there is none; false when not so. */
  async putIfStill(item: Item, attribute: string, value: number | undefined): Promise<boolean> {
    const condition =
      value === undefined
        ? { ConditionExpression: "attribute_not_exists(pk)" }
        : { ConditionExpression: "#a = :v", ExpressionAttributeNames: { "#a": attribute }, ExpressionAttributeValues: { ":v": value } };
    return this.#unlessConditionFails(item, condition);
  }

  /** Puts whatever was there before; for items whose key is a digest of their content. */
  async put(item: Item): Promise<void> {
    await this.#asked(() => this.#put(item));
  }

  async delete(key: Key): Promise<void> {
    await this.#asked(() => this.#client.send(new DeleteCommand({ TableName: this.name, Key: key })));
  }

  /**
   * All writes or none, once: `token` names the change, and the same token with the same writes is done at most once.
   * Conflicts and unreadable answers are tried again under the same token. @throws ConditionFailed for the first write refused.
   */
  async transact(writes: TransactItems, token: string): Promise<void> {
    if (token.length > LONGEST_TOKEN) throw new RangeError(`a transaction's token has at most ${LONGEST_TOKEN} characters`);
    const send = () => this.#client.send(new TransactWriteCommand({ TransactItems: writes, ClientRequestToken: token }));
    try {
      await persistently(TRIES.transaction, send);
    } catch (error) {
      if (error instanceof TransactionCanceledException) refuseFailedCondition(error);
      throw translated(error);
    }
  }

  async #pages(query: Omit<QueryCommandInput, "TableName">): Promise<Item[]> {
    const items: Item[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#asked(() =>
        this.#client.send(new QueryCommand({ ...query, TableName: this.name, ...(from ? { ExclusiveStartKey: from } : {}) })),
      );
      items.push(...((page.Items ?? []) as Item[]));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }

  #put(item: Item, condition: Partial<PutCommandInput> = {}): Promise<unknown> {
    return persistently(TRIES.put, () => this.#client.send(new PutCommand({ TableName: this.name, Item: item, ...condition })));
  }

  async #unlessConditionFails(item: Item, condition: Partial<PutCommandInput>): Promise<boolean> {
    try {
      await this.#put(item, condition);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw translated(error);
    }
  }

  async #asked<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw translated(error);
    }
  }
}

/** Tries a write again that lost to a transaction on the same item, or whose answer cannot be read: one that does nothing when done twice. */
async function persistently<T>(most: number, write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= most || !(isContended(error) || isGarbled(error))) throw error;
      await pause(Math.random() * CONFLICT_WAIT_MS * 2 ** tries);
    }
  }
}

/** The document client leaves the items of an error as they came. */
function refuseFailedCondition({ CancellationReasons = [] }: TransactionCanceledException): void {
  const index = CancellationReasons.findIndex(({ Code }) => Code === "ConditionalCheckFailed");
  const found = CancellationReasons.flatMap(({ Item }) => (Item ? [unmarshall(Item)] : []));
  if (index >= 0) throw new ConditionFailed(index, found);
}
