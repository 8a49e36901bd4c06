import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { convertToNative } from "@aws-sdk/util-dynamodb";
import { Unavailable } from "../app/ports/unavailable.ts";
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

/** What DynamoDB says of a request that may go through the next moment (reliability.md §5). */
const LATER =
  /ThrottlingException|ProvisionedThroughputExceeded|RequestLimitExceeded|InternalServerError|ServiceUnavailable|TransactionConflict|TransactionInProgress/;

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
    if (answer.status === 0 || answer.status >= 500 || LATER.test(answer.body)) return { later: answer.body };
    throw new Error(`${operation} was refused: ${answer.status} ${answer.body.slice(0, 300)}`);
  }
}

type Attributes = Record<string, AttributeValue>;

/** Bytes come as base64. */
const itemOf = (attributes: Attributes): Item =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      "B" in value ? Buffer.from(String(value.B), "base64") : convertToNative(value),
    ]),
  ) as unknown as Item;

/** An answer that is not DynamoDB's is no answer (reliability.md F7). */
function read(body: string): { readonly found: unknown } | { readonly later: unknown } {
  try {
    return { found: JSON.parse(body) };
  } catch (error) {
    if (error instanceof SyntaxError) return { later: error };
    throw error;
  }
}
