import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CreateTableCommandInput, TimeToLiveSpecification } from "@aws-sdk/client-dynamodb";
import { parse } from "yaml";

const TEMPLATE = resolve(import.meta.dirname, "../../resources/tables.yml");

/** A table as resources/tables.yml gives it: what CreateTable takes, and what has to be set afterwards. */
export type TableDefinition = CreateTableCommandInput & {
  readonly TableName: string;
  readonly TimeToLiveSpecification?: TimeToLiveSpecification;
};

/** The properties whose CloudFormation form is CreateTable's too. The others (recovery, protection, tags) mean nothing locally. */
const SHARED_PROPERTIES = [
  "TableName",
  "AttributeDefinitions",
  "KeySchema",
  "BillingMode",
  "ProvisionedThroughput",
  "GlobalSecondaryIndexes",
  "LocalSecondaryIndexes",
] as const;

type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> };

function definition(properties: Record<string, unknown>): TableDefinition {
  const shared = SHARED_PROPERTIES.filter((name) => name in properties).map((name) => [name, properties[name]]);
  const stream = properties["StreamSpecification"];
  const timeToLive = properties["TimeToLiveSpecification"];
  return {
    ...Object.fromEntries(shared),
    // CloudFormation turns a stream on by naming its view; the API wants to be told.
    ...(stream ? { StreamSpecification: { StreamEnabled: true, ...stream } } : {}),
    ...(timeToLive ? { TimeToLiveSpecification: timeToLive } : {}),
  };
}

/** The tables of a CloudFormation template in YAML, by logical id, with the stage's name put in. */
export function parseTableDefinitions(template: string, stage: string): Readonly<Record<string, TableDefinition>> {
  // "error": the tags of CloudFormation (!GetAtt and so on) are unknown to YAML and may pass as plain values.
  const { Resources } = parse(template.replaceAll("${sls:stage}", stage), { logLevel: "error" }) as { Resources: Record<string, Resource> };
  const tables = Object.entries(Resources).filter(([, { Type }]) => Type === "AWS::DynamoDB::Table");
  return Object.fromEntries(tables.map(([id, { Properties }]) => [id, definition(Properties)]));
}

/** The stage's tables, from resources/tables.yml, by logical id. */
export async function readTableDefinitions(stage: string): Promise<Readonly<Record<string, TableDefinition>>> {
  return parseTableDefinitions(await readFile(TEMPLATE, "utf8"), stage);
}
