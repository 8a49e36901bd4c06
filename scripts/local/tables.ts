import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { SetupError } from "./setup-error.ts";
import { readTableDefinitions, type TableDefinition } from "./table-definitions.ts";

const PATIENCE_S = 60;

type Keyed = { readonly AttributeDefinitions?: AttributeDefinition[] | undefined };
type Index = {
  readonly IndexName?: string | undefined;
  readonly KeySchema?: KeySchemaElement[] | undefined;
  readonly Projection?: Projection | undefined;
};

function keys(schema: KeySchemaElement[] | undefined, { AttributeDefinitions = [] }: Keyed): string {
  const typeOf = (name: string | undefined) => AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return (schema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType} ${typeOf(AttributeName)}`).join(", ");
}

function projection({ ProjectionType, NonKeyAttributes = [] }: Projection = {}): string {
  return [ProjectionType, ...[...NonKeyAttributes].sort()].join(" ");
}

/** What makes two tables the same to the code that reads them, as text by part: the keys of the table and of each index, and the stream. */
function shape(table: TableDefinition | TableDescription): ReadonlyMap<string, string> {
  const indexes: readonly Index[] = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return new Map([
    ["the key", keys(table.KeySchema, table)],
    ["the stream", table.StreamSpecification?.StreamViewType ?? "none"],
    ...indexes.map((index) => [`index "${index.IndexName}"`, `${keys(index.KeySchema, table)}; ${projection(index.Projection)}`] as const),
  ]);
}

function difference(wanted: TableDefinition, found: TableDescription): string | undefined {
  const [want, have] = [shape(wanted), shape(found)];
  const part = [...new Set([...want.keys(), ...have.keys()])].find((name) => want.get(name) !== have.get(name));
  return part && `${part} is ${have.get(part) ?? "absent"} and should be ${want.get(part) ?? "absent"}`;
}

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function createUnlessThere(client: DynamoDBClient, definition: TableDefinition): Promise<void> {
  const { TimeToLiveSpecification: _, ...input } = definition;
  try {
    await client.send(new CreateTableCommand(input));
  } catch (error) {
    // Another process was quicker.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function setTimeToLive(client: DynamoDBClient, { TableName, TimeToLiveSpecification }: TableDefinition): Promise<void> {
  if (!TimeToLiveSpecification) return;
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.AttributeName === TimeToLiveSpecification.AttributeName) return;
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    // Another process was quicker; DynamoDB has no name of its own for it.
    if (!(error instanceof Error && error.message === "TimeToLive is already enabled")) throw error;
  }
}

/**
 * Makes one table unless it is there, and waits until it can be used.
 *
 * @throws SetupError naming the table and the difference when one of that name has other keys, indexes or stream.
 */
export async function createTable(client: DynamoDBClient, definition: TableDefinition): Promise<void> {
  const { TableName } = definition;
  if (!(await describe(client, TableName))) await createUnlessThere(client, definition);
  await waitUntilTableExists({ client, maxWaitTime: PATIENCE_S, minDelay: 1, maxDelay: 1 }, { TableName });
  const found = await describe(client, TableName);
  const different = found && difference(definition, found);
  if (different)
    throw new SetupError(
      `Table ${TableName} is not as resources/tables.yml says (${different}): delete the table (with --keep: the folder .local/dynamodb) and run the command again.`,
    );
  await setTimeToLive(client, definition);
}

/**
 * Makes the stage's tables that are missing, with the keys, indexes, stream, billing and expiry of resources/tables.yml.
 *
 * @throws SetupError when an existing table differs; see {@link createTable}.
 */
export async function createTables(client: DynamoDBClient, { stage }: { readonly stage: string }): Promise<void> {
  const definitions = await readTableDefinitions(stage);
  await Promise.all(Object.values(definitions).map((definition) => createTable(client, definition)));
}
