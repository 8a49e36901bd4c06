import { setTimeout as pause } from "node:timers/promises";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Unavailable } from "../app/ports/unavailable.ts";
import { ConditionFailed } from "./condition-failed.ts";
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

/** Which part of a range is read next. */
export interface PageWanted {
  /** Sort key of the item it begins behind, which need not be there any more. */
  readonly after?: string | undefined;
  /** From the end of the range to its beginning. */
  readonly backwards?: true;
  /** Most items looked at; as many as a megabyte holds when left out. */
  readonly limit?: number | undefined;
  /** What attributes under `doc` have to be; of the items looked at, the others are left out. */
  readonly where?: Readonly<Record<string, string>>;
}

/** `last`: sort key of the last item looked at, when there may be more behind it. */
export interface Page {
  readonly items: readonly Item[];
  readonly last: string | undefined;
}

/** A table's index: its name and the attributes it is keyed by. */
export interface Index {
  readonly name: string;
  readonly pk: string;
  readonly sk: string;
}

export type TransactItems = NonNullable<TransactWriteCommandInput["TransactItems"]>;

/** Tries of one call against conflicts and unreadable answers, the first included; the SDK retries the rest. */
const TRIES = { transaction: 6, put: 3, batch: 6 } as const;
const CONFLICT_WAIT_MS = 40;
/** AWS takes at most 100 keys in one BatchGetItem; so many of them are under way at a time. */
const BATCH = { keys: 100, atOnce: 10 } as const;
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

  /** One read of a range that begins with `prefix`, in order of sort key, consistent. Few items, or none, are not the end: `last` says. */
  async page({ pk, prefix = "" }: Omit<Range, "below">, { after, backwards, limit, where = {} }: PageWanted): Promise<Page> {
    const filters = Object.entries(where);
    const { Items, LastEvaluatedKey } = await this.#asked(() =>
      this.#client.send(
        new QueryCommand({
          TableName: this.name,
          KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: {
            ":pk": pk,
            ...(prefix === "" ? {} : { ":prefix": prefix }),
            ...Object.fromEntries(filters.map(([, value], index) => [`:w${index}`, value])),
          },
          ConsistentRead: true,
          ...(backwards ? { ScanIndexForward: false } : {}),
          ...(limit === undefined ? {} : { Limit: limit }),
          ...(after === undefined ? {} : { ExclusiveStartKey: { pk, sk: after } }),
          ...(filters.length === 0
            ? {}
            : {
                FilterExpression: filters.map((_, index) => `#doc.#w${index} = :w${index}`).join(" AND "),
                ExpressionAttributeNames: {
                  "#doc": "doc",
                  ...Object.fromEntries(filters.map(([name], index) => [`#w${index}`, name])),
                },
              }),
        }),
      ),
    );
    return { items: (Items ?? []) as Item[], last: LastEvaluatedKey?.["sk"] };
  }

  /** The items there are under the keys, in no order; no key twice. Consistent. What AWS leaves out of an answer is asked for again. */
  async getAll(keys: readonly Key[]): Promise<Item[]> {
    const found: Item[] = [];
    for (let from = 0; from < keys.length; from += BATCH.keys * BATCH.atOnce) {
      const starts = Array.from({ length: BATCH.atOnce }, (_, batch) => from + batch * BATCH.keys).filter((start) => start < keys.length);
      const batches = await Promise.all(starts.map((start) => this.#batch(keys.slice(start, start + BATCH.keys))));
      found.push(...batches.flat());
    }
    return found;
  }

  /** Every item of an index's partition in order, or of those whose sort key begins with `prefix`; the first `most`. May lag behind the latest writes. */
  queryIndex({ name, pk, sk }: Index, value: string, prefix?: string, most?: number): Promise<Item[]> {
    return this.#pages(
      {
        IndexName: name,
        KeyConditionExpression: prefix === undefined ? "#pk = :pk" : "#pk = :pk AND begins_with(#sk, :prefix)",
        ExpressionAttributeNames: { "#pk": pk, ...(prefix === undefined ? {} : { "#sk": sk }) },
        ExpressionAttributeValues: { ":pk": value, ...(prefix === undefined ? {} : { ":prefix": prefix }) },
      },
      most,
    );
  }

  /** One read of an index's partition, in order or backwards, behind the item whose keys in table and index are `from`. May lag behind the latest writes. */
  async pageOfIndex(
    { name, pk }: Index,
    value: string,
    {
      limit,
      from,
      backwards = false,
    }: { readonly limit: number; readonly from?: Key | undefined; readonly backwards?: boolean | undefined },
  ): Promise<{ readonly items: readonly Item[]; readonly isLast: boolean }> {
    const { Items, LastEvaluatedKey } = await this.#asked(() =>
      this.#client.send(
        new QueryCommand({
          TableName: this.name,
          IndexName: name,
          KeyConditionExpression: "#pk = :pk",
          ExpressionAttributeNames: { "#pk": pk },
          ExpressionAttributeValues: { ":pk": value },
          ScanIndexForward: !backwards,
          Limit: limit,
          ...(from ? { ExclusiveStartKey: from } : {}),
        }),
      ),
    );
    return { items: (Items ?? []) as Item[], isLast: LastEvaluatedKey === undefined };
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

  /** Puts the item unless there is one whose `attribute` is as great or greater, which is then left as it is. */
  async putIfGreater(item: Item, attribute: string): Promise<void> {
    await this.#unlessConditionFails(item, {
      ConditionExpression: "attribute_not_exists(pk) OR #a < :v",
      ExpressionAttributeNames: { "#a": attribute },
      ExpressionAttributeValues: { ":v": item[attribute] },
    });
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

  /** Every item of the table, in no order, page by page: for commands, never on a request's path. Consistent. */
  async *everyItem(): AsyncGenerator<Item> {
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#asked(() =>
        this.#client.send(new ScanCommand({ TableName: this.name, ConsistentRead: true, ...(from ? { ExclusiveStartKey: from } : {}) })),
      );
      yield* (page.Items ?? []) as Item[];
      from = page.LastEvaluatedKey;
    } while (from);
  }

  async #pages(query: Omit<QueryCommandInput, "TableName">, most = Number.POSITIVE_INFINITY): Promise<Item[]> {
    const items: Item[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#asked(() =>
        this.#client.send(
          new QueryCommand({
            ...query,
            TableName: this.name,
            ...(from ? { ExclusiveStartKey: from } : {}),
            ...(Number.isFinite(most) ? { Limit: most - items.length } : {}),
          }),
        ),
      );
      items.push(...((page.Items ?? []) as Item[]));
      from = page.LastEvaluatedKey;
    } while (from && items.length < most);
    return items;
  }

  /** The SDK does not ask again for keys left out (reliability.md F13); we do, and give up only when none at all is answered for long. */
  async #batch(keys: readonly Key[]): Promise<Item[]> {
    const items: Item[] = [];
    let left: readonly Key[] = keys;
    for (let tries = 1; ; tries++) {
      const { Responses, UnprocessedKeys } = await this.#asked(() =>
        this.#client.send(new BatchGetCommand({ RequestItems: { [this.name]: { Keys: [...left], ConsistentRead: true } } })),
      );
      items.push(...((Responses?.[this.name] ?? []) as Item[]));
      const unread = (UnprocessedKeys?.[this.name]?.Keys ?? []) as Key[];
      if (unread.length === 0) return items;
      if (unread.length < left.length) tries = 1;
      else if (tries >= TRIES.batch) throw new Unavailable();
      left = unread;
      await pause(Math.random() * CONFLICT_WAIT_MS * 2 ** tries);
    }
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
