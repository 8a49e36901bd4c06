import { isDeepStrictEqual } from "node:util";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { paginateScan } from "@aws-sdk/client-dynamodb";

export type Row = Record<string, AttributeValue>;

/** Every row of a table, in order of key, in DynamoDB's own JSON. */
export async function rowsOf(client: DynamoDBClient, TableName: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) rows.push(...Items);
  return rows.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

const keyOf = ({ pk, sk }: Row) => `${pk?.S}\n${sk?.S}`;

/** A table's stream, read by comparing the table with what it was at the last reading. */
export function streamOf(client: DynamoDBClient, TableName: string) {
  let before = new Map<string, Row>();
  let sequence = 0;
  return async () => {
    const now = new Map((await rowsOf(client, TableName)).map((row) => [keyOf(row), row]));
    const changed = [...now].filter(([key, row]) => !isDeepStrictEqual(before.get(key), row));
    const records = changed.map(([key, { pk, sk, ...rest }]) => ({
      eventID: `${TableName}-${++sequence}`,
      eventName: before.has(key) ? "MODIFY" : "INSERT",
      eventSource: "aws:dynamodb",
      eventVersion: "1.1",
      dynamodb: { Keys: { pk, sk }, NewImage: { pk, sk, ...rest }, SequenceNumber: String(sequence), StreamViewType: "NEW_IMAGE" },
    }));
    before = now;
    return { Records: records };
  };
}
