import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Unavailable } from "../app/ports/unavailable.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { type Credentials, signedHeaders } from "./sigv4.ts";
import type { Item, Key, Range } from "./table.ts";

/** One POST to DynamoDB; rejects when there is no whole answer in time. */
export type Post = (request: {
  readonly url: URL;
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}) => Promise<{ readonly status: number; readonly body: string }>;

export interface Connection {
  readonly post: Post;
  readonly endpoint: URL;
  readonly region: string;
  /** Read at every call: Lambda's change while an instance lives. */
  readonly credentials: () => Credentials;
  /** Tries per call, the first included. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
}

type Values = Readonly<Record<string, string | number>>;

/** Expressions as DynamoDB takes them; values as they are. */
export interface Expressed {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Values;
}
export interface LeanUpdate extends Expressed {
  readonly Key: Key;
  readonly UpdateExpression: string;
}
export interface LeanPut extends Expressed {
  readonly Item: Key & Values;
}

/** So that who is refused knows by what. */
const TELLING = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };

/** Tries of a transaction that meets another, the first included: DynamoDB leaves these to us (reliability.md F10). */
const CONFLICT_TRIES = 5;
const CONFLICT_WAIT_MS = 10;

/** What DynamoDB says of a request that may go through the next moment (reliability.md §5). */
const LATER =
  /Throttling(?:Exception|Error)|ProvisionedThroughputExceeded|RequestLimitExceeded|InternalServerError|ServiceUnavailable|TransactionConflict|TransactionInProgress/;

/**
 * What of `Table` serving needs, without the SDK's client: 4 KiB of a bundle instead of 300, and no cold start of it
 * (docs/decisions/0019-hot-path.md). The protocol is DynamoDB's own JSON over HTTP, signed by SigV4.
 * Every verb @throws Unavailable when the store could not be reached.
 */
export class LeanTable {
  readonly name: string;
  readonly #connection: Connection;

  constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.name = name;
  }

  /** Consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.#call<{ Item?: Attributes }>("GetItem", {
      Key: { pk: { S: key.pk }, sk: { S: key.sk } },
      ConsistentRead: true,
    });
    return Item && itemOf(Item);
  }

  /** Every item of the partition whose sort key begins with `prefix`, in order, all pages, consistent. */
  async queryAll({ pk, prefix = "" }: Omit<Range, "below">): Promise<Item[]> {
    const items: Item[] = [];
    let from: Attributes | undefined;
    do {
      const page: { Items?: Attributes[]; LastEvaluatedKey?: Attributes } = await this.#call("Query", {
        KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": { S: pk }, ...(prefix === "" ? {} : { ":prefix": { S: prefix } }) },
        ConsistentRead: true,
        ...(from ? { ExclusiveStartKey: from } : {}),
      });
      items.push(...(page.Items ?? []).map(itemOf));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }

  /** @throws ConditionFailed, also for our own earlier try whose answer was lost: what was found tells. */
  async update(update: LeanUpdate): Promise<void> {
    await this.#call("UpdateItem", { ...written(update), ...TELLING });
  }

  /** All or none, once: what `Table` says of it. At most 36 characters of `token`. @throws ConditionFailed for the first write refused. */
  async transact(writes: readonly ({ readonly Put: LeanPut } | { readonly Update: LeanUpdate })[], token: string): Promise<void> {
    const here = { TableName: this.name, ...TELLING };
    const TransactItems = writes.map((write) =>
      "Put" in write ? { Put: { ...written(write.Put), ...here } } : { Update: { ...written(write.Update), ...here } },
    );
    for (let tries = 1; ; tries++) {
      try {
        return await this.#call("TransactWriteItems", { TransactItems, ClientRequestToken: token, TableName: undefined });
      } catch (error) {
        const isContended = error instanceof Unavailable && /TransactionConflict/.test(String(error.cause));
        if (!isContended || tries >= CONFLICT_TRIES) throw error;
        await new Promise((resume) => setTimeout(resume, Math.random() * CONFLICT_WAIT_MS * 2 ** tries));
      }
    }
  }

  async #call<T>(operation: string, input: object): Promise<T> {
    const { maxAttempts } = this.#connection;
    const body = JSON.stringify({ TableName: this.name, ...input });
    for (let tries = 1; ; tries++) {
      const answer = await this.#try(operation, body);
      if ("found" in answer) return answer.found as T;
      if (tries >= maxAttempts) throw new Unavailable(answer.later);
    }
  }

  /** What was found, or why it may be found later. @throws Error for a request that is wrong: our bug. */
  async #try(operation: string, body: string): Promise<{ readonly found: unknown } | { readonly later: unknown }> {
    const { post, endpoint, region, credentials, timeoutMs } = this.#connection;
    const headers = signedHeaders(
      {
        host: endpoint.host,
        region,
        service: "dynamodb",
        headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}` },
        body,
        at: Date.now(),
      },
      credentials(),
    );
    const answer = await post({ url: endpoint, method: "POST", headers, body, timeoutMs }).catch((error: unknown) => ({
      status: 0,
      body: String(error),
    }));
    if (answer.status === 200) return read(answer.body);
    if (answer.status === 400) refuseFailedCondition(answer.body);
    if (answer.status === 0 || answer.status >= 500 || LATER.test(answer.body)) return { later: answer.body };
    throw new Error(`${operation} was refused: ${answer.status} ${answer.body.slice(0, 300)}`);
  }
}

type Attributes = Record<string, AttributeValue>;

const attributesOf = (values: Values): Attributes =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? { N: String(value) } : { S: value }]),
  );

/** A write with its values as DynamoDB takes them. */
function written({ Key, Item, ExpressionAttributeValues, ...rest }: Expressed & { readonly Key?: Key; readonly Item?: Key & Values }) {
  return {
    ...rest,
    ...(Key && { Key: attributesOf({ ...Key }) }),
    ...(Item && { Item: attributesOf(Item) }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: attributesOf(ExpressionAttributeValues) }),
  };
}

/** @throws ConditionFailed when that is what the refusal says, of a transaction or of a single write. */
function refuseFailedCondition(body: string): void {
  if (!body.includes("ConditionalCheckFailed")) return;
  const answer = read(body);
  const { CancellationReasons, Item } = ("found" in answer ? answer.found : {}) as {
    readonly CancellationReasons?: readonly { readonly Code?: string; readonly Item?: Attributes }[];
    readonly Item?: Attributes;
  };
  const reasons = CancellationReasons ?? [{ Code: "ConditionalCheckFailed", ...(Item && { Item }) }];
  const index = reasons.findIndex(({ Code }) => Code === "ConditionalCheckFailed");
  const found = reasons.flatMap((reason) => (reason.Item ? [itemOf(reason.Item)] : []));
  if (index >= 0) throw new ConditionFailed(index, found);
}

const itemOf = (attributes: Attributes): Item =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, nativeOf(value)])) as Item;

/** Of what we write: no sets, and no number beyond what a number holds. Bytes come as base64. */
function nativeOf(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number(value.N);
  if (value.M) return itemOf(value.M);
  if (value.L) return value.L.map(nativeOf);
  if (value.B !== undefined) return Buffer.from(String(value.B), "base64");
  return value.NULL ? null : (value.S ?? value.BOOL);
}

/** An answer that is not DynamoDB's is no answer (reliability.md F7). */
function read(body: string): { readonly found: unknown } | { readonly later: unknown } {
  try {
    return { found: JSON.parse(body) };
  } catch (error) {
    if (error instanceof SyntaxError) return { later: error };
    throw error;
  }
}
