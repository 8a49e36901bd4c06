import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

export interface ClientSettings {
  /** A DynamoDB-compatible endpoint; undefined for AWS's own in the function's region. */
  readonly endpoint: string | undefined;
  /** Tries per call, the first included. */
  readonly maxAttempts: number;
  /** For the connection and for each answer. Milliseconds. */
  readonly timeoutMs: number;
}

/** A client whose every call ends: attempts and waits are bounded (reliability.md F2, checklist 10). */
export function openClient({ endpoint, maxAttempts, timeoutMs }: ClientSettings): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  });
  return DynamoDBDocumentClient.from(client);
}
