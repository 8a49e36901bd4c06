import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** A client for the stack's DynamoDB, from the environment the functions get. */
export function dynamoDbClient(env: Readonly<Record<string, string | undefined>>): DynamoDBClient {
  const { DYNAMODB_ENDPOINT: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  return new DynamoDBClient({
    ...(endpoint ? { endpoint } : {}),
    ...(region ? { region } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
}
