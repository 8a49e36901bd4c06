import { randomBytes } from "node:crypto";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { readTableDefinitions } from "../../scripts/local/table-definitions.ts";
import { createTable } from "../../scripts/local/tables.ts";

export type Tables = { readonly registry: string; readonly delivery: string };

/**
 * A pair of empty tables for one test file. The names never come again: DynamoDB Local remembers the tokens of transactions
 * after a table is deleted, and then does nothing and reports success. They have no stream unless it is asked for: DynamoDB
 * Local slows down at every write with the number of streams it keeps.
 */
export async function freshTables({ streams = false } = {}): Promise<Tables> {
  const { RegistryTable, DeliveryTable } = await readTableDefinitions(`test-${randomBytes(6).toString("hex")}`);
  if (!RegistryTable || !DeliveryTable) throw new Error("resources/tables.yml has no RegistryTable or no DeliveryTable");
  const client = dynamoDbClient(process.env);
  for (const { StreamSpecification, ...table } of [RegistryTable, DeliveryTable])
    await createTable(client, { ...table, ...(streams ? { StreamSpecification } : {}) });
  client.destroy();
  return { registry: RegistryTable.TableName, delivery: DeliveryTable.TableName };
}
