import { randomUUID } from "node:crypto";
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Act } from "../support/fault-acts.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

const store = await storeBehindProxy();
const { proxy } = store;
/** Tries once, so that what the proxy did is what the caller sees. */
const client = store.client({ maxAttempts: 1, timeoutMs: 1_500 });
const TableName = store.delivery.name;
let pk = "";

beforeEach(() => {
  pk = randomUUID();
  proxy.clear();
});
afterAll(() => store.close());

const put = (by: DynamoDBDocumentClient = client, n = 1) => by.send(new PutCommand({ TableName, Item: { pk, sk: "one", n } }));
const get = () => client.send(new GetCommand({ TableName, Key: { pk, sk: "one" } }));
const transact = () =>
  client.send(
    new TransactWriteCommand({
      TransactItems: ["one", "two"].map((sk) => ({ Put: { TableName, Item: { pk, sk } } })),
      ClientRequestToken: pk,
    }),
  );
const applied = async () => (await store.items(store.delivery)).filter((item) => item.pk === pk).length > 0;

describe("a call that is refused is not applied:", () => {
  test.each<[Act, string, number]>([
    ["throttle", "ProvisionedThroughputExceededException", 400],
    ["throttling", "ThrottlingException", 400],
    ["requestLimit", "RequestLimitExceeded", 400],
    ["internal", "InternalServerError", 500],
    ["unavailable", "ServiceUnavailableException", 503],
    ["txConflictSingle", "TransactionConflictException", 400],
    ["txInProgress", "TransactionInProgressException", 400],
  ])("%s", async (act, name, status) => {
    proxy.rules([{ op: "PutItem", act }]);
    await expect(put()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status, requestId: expect.any(String) } });
    expect(await applied()).toBe(false);
  });

  test.each<[Act, string]>([
    ["txConflict", "TransactionConflict"],
    ["txThrottle", "ThrottlingError"],
  ])("%s, with a reason for every item", async (act, code) => {
    proxy.rules([{ op: "TransactWriteItems", act }]);
    await expect(transact()).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: code }, { Code: "None" }],
    });
    expect(await applied()).toBe(false);
  });
});

describe("a call that gets no answer", () => {
  test.each<[Act, boolean, object]>([
    ["hangBefore", false, { name: "TimeoutError" }],
    ["hangAfter", true, { name: "TimeoutError" }],
    ["reset", false, { code: "ECONNRESET" }],
    ["loseResponse", true, { code: "ECONNRESET" }],
  ])("by %s is applied: %s", async (act, isApplied, error) => {
    proxy.rules([{ op: "PutItem", act }]);
    await expect(put()).rejects.toMatchObject(error);
    expect(await applied()).toBe(isApplied);
  });
});

describe("a call whose answer is spoilt is applied:", () => {
  test.each<[Act, object]>([
    ["lose500", { name: "InternalServerError" }],
    ["truncate", { code: "ECONNRESET" }],
    ["garbage", { name: "SyntaxError" }],
  ])("%s", async (act, error) => {
    proxy.rules([{ op: "PutItem", act }]);
    await expect(put()).rejects.toMatchObject(error);
    expect(await applied()).toBe(true);
  });
});

test("a duplicated call reaches the store twice and gives the second answer", async () => {
  proxy.rules([{ op: "PutItem", act: "duplicate" }]);
  const once = { TableName, Item: { pk, sk: "one" }, ConditionExpression: "attribute_not_exists(pk)" };
  await expect(client.send(new PutCommand(once))).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  expect(await applied()).toBe(true);
});

test("a forgotten token lets the same transaction run again", async () => {
  const add = () =>
    client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Update: { TableName, Key: { pk, sk: "one" }, UpdateExpression: "ADD n :n", ExpressionAttributeValues: { ":n": 1 } } },
        ],
        ClientRequestToken: pk,
      }),
    );
  await add();
  await add();
  expect((await get()).Item).toMatchObject({ n: 1 });
  proxy.rules([{ op: "TransactWriteItems", act: "forgetToken" }]);
  await add();
  expect((await get()).Item).toMatchObject({ n: 2 });
});

test("a stale read gives what the same read gave before", async () => {
  proxy.rules([{ op: "GetItem", act: "stale" }]);
  await put(client, 1);
  expect((await get()).Item).toMatchObject({ n: 1 });
  await put(client, 2);
  expect((await get()).Item).toMatchObject({ n: 1 });
  proxy.clear();
  expect((await get()).Item).toMatchObject({ n: 2 });
});

test("a delayed call is answered all the same", async () => {
  proxy.rules([{ op: "PutItem", act: "delay", ms: 20 }]);
  await put();
  expect(await applied()).toBe(true);
});

test("small pages cut a query short and say where to go on", async () => {
  await transact();
  proxy.rules([{ op: "Query", act: "smallPages", n: 1 }]);
  const query = { TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": pk } };
  const { Items, LastEvaluatedKey } = await client.send(new QueryCommand(query));
  expect(Items).toHaveLength(1);
  expect(LastEvaluatedKey).toEqual({ pk, sk: "one" });
});

test("a partial batch does the first and hands back the rest", async () => {
  proxy.rules([{ op: "*", act: "partialBatch", n: 2 }]);
  const writes = ["a", "b", "c"].map((sk) => ({ PutRequest: { Item: { pk, sk } } }));
  const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: writes } }));
  expect(UnprocessedItems).toEqual({ [TableName]: writes.slice(2) });
  expect((await store.items(store.delivery)).filter((item) => item.pk === pk)).toHaveLength(2);

  const Keys = ["a", "b", "c"].map((sk) => ({ pk, sk }));
  const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));
  expect(Responses?.[TableName]).toHaveLength(2);
  expect(UnprocessedKeys?.[TableName]?.Keys).toEqual(Keys.slice(2));
});

describe("a rule", () => {
  const outcomes = async (times: number) => {
    const seen: boolean[] = [];
    for (let i = 0; i < times; i++)
      seen.push(
        await put().then(
          () => true,
          () => false,
        ),
      );
    return seen;
  };

  test("skips the first matches and acts so many times", async () => {
    proxy.rules([{ op: "PutItem", act: "internal", after: 1, times: 2 }]);
    expect(await outcomes(5)).toEqual([true, false, false, true, true]);
  });

  test("acts only on its operation and on bodies that match", async () => {
    proxy.rules([
      { op: "GetItem", act: "internal" },
      { op: "*", match: /never said/, act: "internal" },
    ]);
    expect(await outcomes(1)).toEqual([true]);
    proxy.rules([{ op: "*", match: new RegExp(pk), act: "internal" }]);
    expect(await outcomes(1)).toEqual([false]);
  });

  test("gives way to the next when it does not apply", async () => {
    proxy.rules([
      { op: "PutItem", act: "internal", times: 1 },
      { op: "*", act: "throttle", times: 1 },
    ]);
    await expect(put()).rejects.toMatchObject({ name: "InternalServerError" });
    await expect(put()).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
    expect(proxy.log.map(({ act }) => act)).toEqual(["internal", "throttle"]);
    expect(proxy.calls).toEqual({ PutItem: 2 });
  });

  test("with a probability strikes the same calls again under the same seed, whoever comes first", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `call-${i}`);
    const struck = async (seed: number, run: string, order: readonly string[]) => {
      const other = await faultProxy(process.env["DYNAMODB_ENDPOINT"] ?? "", { seed, run });
      other.rules([{ op: "*", act: "unavailable", p: 0.5 }]);
      await Promise.all(
        order.map((name) =>
          fetch(other.endpoint, { method: "POST", headers: { "x-amz-target": "DynamoDB_20120810.PutItem" }, body: `${run} ${name}` }),
        ),
      );
      const found = other.log.filter(({ act }) => act !== "none").map(({ body }) => body.slice(run.length));
      await other.close();
      return found.sort();
    };
    const first = await struck(7, "monday", names);
    expect(first.length).toBeGreaterThan(8);
    expect(first.length).toBeLessThan(32);
    expect(await struck(7, "tuesday", names.toReversed())).toEqual(first);
    expect(await struck(8, "monday", names)).not.toEqual(first);
  });
});

test("a store that is down is a connection that is reset", async () => {
  const toNowhere = await faultProxy("http://127.0.0.1:1", { seed: 1 });
  await expect(fetch(toNowhere.endpoint, { method: "POST", body: "{}" })).rejects.toThrow();
  await toNowhere.close();
});

test("closing frees those who still wait", async () => {
  const other = await faultProxy(process.env["DYNAMODB_ENDPOINT"] ?? "", { seed: 1 });
  other.rules([{ op: "*", act: "hangBefore" }]);
  const waiting = expect(fetch(other.endpoint, { method: "POST", body: "{}" })).rejects.toThrow();
  while (other.log.length === 0) await new Promise(setImmediate);
  await other.close();
  await waiting;
});
