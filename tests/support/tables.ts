import { randomBytes } from "node:crypto";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { readTableDefinitions } from "../../scripts/local/table-definitions.ts";
import { createTables } from "../../scripts/local/tables.ts";

export type Tables = { readonly registry: string; readonly delivery: string };

/**
 * A pair of empty tables for one test file. The names never come again: DynamoDB Local remembers the tokens of transactions
 * after a table is deleted, and then does nothing and reports success.
 */
export async function freshTables(): Promise<Tables> {
  const stage = `test-${randomBytes(6).toString("hex")}`;
  const client = dynamoDbClient(process.env);
  await createTables(client, { stage });
  client.destroy();
  const { RegistryTable, DeliveryTable } = await readTableDefinitions(stage);
  if (!RegistryTable || !DeliveryTable) throw new Error("resources/tables.yml has no RegistryTable or no DeliveryTable");
  return { registry: RegistryTable.TableName, delivery: DeliveryTable.TableName };
}
