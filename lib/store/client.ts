import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Unavailable } from "../app/ports/unavailable.ts";

export interface ClientSettings {
  /** A DynamoDB-compatible endpoint; undefined for AWS's own in the function's region. */
  readonly endpoint: string | undefined;
  /** Tries per call, the first included. */
  readonly maxAttempts: number;
  /** For the connection and for each answer. Milliseconds. */
  readonly timeoutMs: number;
  /** Asked before each try of each write; when it says no, the write is not begun and the caller is told Unavailable. */
  readonly mayWrite?: (() => boolean) | undefined;
}

const WRITES = new Set(["PutItemCommand", "UpdateItemCommand", "DeleteItemCommand", "BatchWriteItemCommand", "TransactWriteItemsCommand"]);

/** A client whose every call ends: attempts and waits are bounded (reliability.md F2, checklist 10). */
export function openClient({ endpoint, maxAttempts, timeoutMs, mayWrite = () => true }: ClientSettings): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  });
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (WRITES.has(commandName) && !mayWrite()) throw new Unavailable();
        return next(args);
      },
    // Within the SDK's retries, so that a second try is asked about as well.
    { step: "finalizeRequest", priority: "low", name: "mayWrite" },
  );
  return DynamoDBDocumentClient.from(client);
}
