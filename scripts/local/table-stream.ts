import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** As Lambda gets them; what is in them is for whoever reads the stream. */
export interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string };
}

/** Most that DynamoDB gives at once. */
const MOST_RECORDS = 1_000;

interface Shard {
  readonly id: string;
  iterator: string | undefined;
}

/**
 * The stream of a table of DynamoDB Local, from its beginning. Each call gives what has been written since the last, in order.
 * It asks the endpoint itself, unsigned: DynamoDB Local checks no signature, and the SDK's client for streams is no dependency.
 */
export async function tableStream(client: DynamoDBClient, endpoint: string, table: string): Promise<() => Promise<StreamRecord[]>> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const StreamArn = Table?.LatestStreamArn;
  if (!StreamArn) throw new Error(`table ${table} has no stream`);
  const shards: Shard[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: it is as DynamoDB Streams documents it.
  const ask = async (action: string, body: object): Promise<any> => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDBStreams_20120810.${action}`,
        authorization: "AWS4-HMAC-SHA256 Credential=local/20240101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${action} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  };

  /** DynamoDB Local begins a new shard every few hours; an old one's iterators end. */
  const findShards = async () => {
    const { StreamDescription } = await ask("DescribeStream", { StreamArn });
    for (const { ShardId } of StreamDescription.Shards as { ShardId: string }[]) {
      if (shards.some(({ id }) => id === ShardId)) continue;
      const { ShardIterator } = await ask("GetShardIterator", { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
      shards.push({ id: ShardId, iterator: ShardIterator });
    }
  };

  const read = async (shard: Shard): Promise<StreamRecord[]> => {
    if (shard.iterator === undefined) return [];
    const { Records, NextShardIterator } = await ask("GetRecords", { ShardIterator: shard.iterator, Limit: MOST_RECORDS });
    shard.iterator = NextShardIterator;
    return Records.length < MOST_RECORDS ? Records : [...Records, ...(await read(shard))];
  };

  return async () => {
    if (shards.every(({ iterator }) => iterator === undefined)) await findShards();
    const found: StreamRecord[] = [];
    for (const shard of shards) found.push(...(await read(shard)));
    return found;
  };
}
