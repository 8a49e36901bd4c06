import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { paginateScan } from "@aws-sdk/client-dynamodb";

export type Row = Record<string, AttributeValue>;

/** Every row of a table, in order of key, in DynamoDB's own JSON. */
export async function rowsOf(client: DynamoDBClient, TableName: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) rows.push(...Items);
  return rows.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** The key of a row of ours, as text. */
export const keyOf = ({ pk, sk }: Row) => `${pk?.S}\n${sk?.S}`;
