import { type DynamoDbLocal, startDynamoDbLocal } from "../../scripts/local/dynamodb-local.ts";

const DUMMIES = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

declare global {
  var dynamoDbLocal: DynamoDbLocal | undefined;
}

/** One DynamoDB Local for the whole run, unless DYNAMODB_ENDPOINT names another. Jest calls it only when a project that asks for it has tests to run. */
export default async function globalSetup(): Promise<void> {
  for (const [name, value] of Object.entries(DUMMIES)) process.env[name] ??= value;
  if (process.env["DYNAMODB_ENDPOINT"]) return;
  globalThis.dynamoDbLocal = await startDynamoDbLocal();
  process.env["DYNAMODB_ENDPOINT"] = globalThis.dynamoDbLocal.endpoint;
}
