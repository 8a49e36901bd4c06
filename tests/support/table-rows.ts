import { isDeepStrictEqual } from "node:util";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { keyOf, type Row, rowsOf } from "../../scripts/local/table-rows.ts";

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
    const gone = [...before].filter(([key]) => !now.has(key));
    const removals = gone.map(([, { pk, sk }]) => ({
      eventID: `${TableName}-${++sequence}`,
      eventName: "REMOVE",
      eventSource: "aws:dynamodb",
      eventVersion: "1.1",
      dynamodb: { Keys: { pk, sk }, SequenceNumber: String(sequence), StreamViewType: "NEW_IMAGE" },
    }));
    before = now;
    return { shardId: TableName, Records: [...records, ...removals] };
  };
}
