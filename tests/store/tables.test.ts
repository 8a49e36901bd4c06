import { readFile } from "node:fs/promises";
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type GlobalSecondaryIndexDescription,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { SetupError } from "../../scripts/local/setup-error.ts";
import { parseTableDefinitions, readTableDefinitions, type TableDefinition } from "../../scripts/local/table-definitions.ts";
import { createTable, createTables } from "../../scripts/local/tables.ts";
import { freshTables } from "../support/tables.ts";

const client = dynamoDbClient(process.env);
afterAll(() => client.destroy());

async function found(TableName: string): Promise<TableDescription> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  if (!Table) throw new Error(`${TableName} is not described`);
  return Table;
}

const { RegistryTable, DeliveryTable } = parse(await readFile("resources/tables.yml", "utf8"), { logLevel: "error" }).Resources;
const tables = await freshTables({ streams: true });

describe.each([
  ["registry", tables.registry, RegistryTable.Properties],
  ["delivery", tables.delivery, DeliveryTable.Properties],
])("the %s table", (_name, tableName, properties) => {
  test("has exactly the keys of the template", async () => {
    const { KeySchema, AttributeDefinitions } = await found(tableName);
    expect(KeySchema).toEqual(properties.KeySchema);
    expect(AttributeDefinitions).toEqual(expect.arrayContaining(properties.AttributeDefinitions));
    expect(AttributeDefinitions).toHaveLength(properties.AttributeDefinitions.length);
  });

  test("has exactly the indexes of the template", async () => {
    const pick = ({ IndexName, KeySchema, Projection }: GlobalSecondaryIndexDescription) => ({ IndexName, KeySchema, Projection });
    const byName = (one: GlobalSecondaryIndexDescription, other: GlobalSecondaryIndexDescription) =>
      String(one.IndexName).localeCompare(String(other.IndexName));
    const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes } = await found(tableName);
    expect(GlobalSecondaryIndexes.map(pick).sort(byName)).toEqual((properties.GlobalSecondaryIndexes ?? []).toSorted(byName));
    expect(LocalSecondaryIndexes).toEqual(properties.LocalSecondaryIndexes);
  });

  test("bills, streams and expires as the template says", async () => {
    const { BillingModeSummary, StreamSpecification, LatestStreamArn } = await found(tableName);
    expect(BillingModeSummary?.BillingMode).toBe(properties.BillingMode);
    expect(StreamSpecification).toEqual({ StreamEnabled: true, ...properties.StreamSpecification });
    expect(LatestStreamArn).toContain(tableName);
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
    expect(TimeToLiveDescription).toEqual({ AttributeName: properties.TimeToLiveSpecification.AttributeName, TimeToLiveStatus: "ENABLED" });
  });
});

test("a second creation leaves the tables alone", async () => {
  const stage = tables.registry.slice("seasongate-".length, -"-registry".length);
  const before = await found(tables.registry);
  await createTables(client, { stage });
  expect((await found(tables.registry)).TableId).toBe(before.TableId);
});

test("two creations at once make one table", async () => {
  const { DeliveryTable: definition } = await readTableDefinitions(tables.delivery);
  await expect(
    Promise.all([createTable(client, definition as TableDefinition), createTable(client, definition as TableDefinition)]),
  ).resolves.toBeDefined();
});

describe("an existing table that differs is refused, naming the table and the difference:", () => {
  const registry = async () =>
    (await readTableDefinitions(tables.registry.slice("seasongate-".length, -"-registry".length)))["RegistryTable"] as TableDefinition;

  test.each<[string, (wanted: TableDefinition) => TableDefinition, string]>([
    [
      "an index is missing",
      (wanted) => ({
        ...wanted,
        GlobalSecondaryIndexes: [
          ...(wanted.GlobalSecondaryIndexes ?? []),
          { IndexName: "more", KeySchema: wanted.KeySchema, Projection: { ProjectionType: "KEYS_ONLY" } },
        ],
      }),
      'index "more" is absent',
    ],
    [
      "there is an index too many",
      (wanted) => ({ ...wanted, GlobalSecondaryIndexes: wanted.GlobalSecondaryIndexes?.slice(1) }),
      'index "list" is',
    ],
    [
      "the key has another type",
      (wanted) => ({
        ...wanted,
        AttributeDefinitions: wanted.AttributeDefinitions?.map((each) =>
          each.AttributeName === "sk" ? { ...each, AttributeType: "N" } : each,
        ),
      }),
      "the key is pk HASH S, sk RANGE S and should be pk HASH S, sk RANGE N",
    ],
    [
      "the stream shows something else",
      (wanted) => ({ ...wanted, StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } }),
      "the stream is NEW_IMAGE and should be KEYS_ONLY",
    ],
  ])("%s", async (_case, change, words) => {
    const refused = createTable(client, change(await registry()));
    await expect(refused).rejects.toBeInstanceOf(SetupError);
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toThrow(tables.registry);
  });
});

test("the tags of CloudFormation do not stand in the way", () => {
  const template =
    "Resources:\n  Role: { Type: AWS::IAM::Role, Properties: { Arn: !GetAtt A.Arn } }\n  A:\n    Type: AWS::DynamoDB::Table\n    Properties: { TableName: a-${sls:stage}, KeySchema: [], KmsKey: !Ref Key, Name: !Sub '${Key}' }";
  expect(parseTableDefinitions(template, "s")).toEqual({ A: { TableName: "a-s", KeySchema: [] } });
});
