import { configure, settings } from "../config.ts";
import { type Connection, LeanTable } from "../store/lean-table.ts";
import { ask } from "./https.ts";

/** Serving gives up soon, and without a card (reliability.md §5, F3). */
const PATIENCE = { maxAttempts: 2, timeoutMs: 150 };

function connection(): Connection {
  const { DYNAMODB_ENDPOINT, STORE_TIMEOUT_MS } = configure(settings.store);
  const { AWS_REGION } = configure(settings.aws);
  return {
    post: ask,
    endpoint: new URL(DYNAMODB_ENDPOINT ?? `https://dynamodb.${AWS_REGION}.amazonaws.com`),
    region: AWS_REGION,
    credentials() {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = configure(settings.aws);
      return {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
      };
    },
    ...PATIENCE,
    ...(STORE_TIMEOUT_MS === undefined ? {} : { timeoutMs: STORE_TIMEOUT_MS }),
  };
}

/** The tables, for the function that decides. */
export const leanRegistry = (): LeanTable => new LeanTable(connection(), configure(settings.registry).REGISTRY_TABLE);
export const leanDelivery = (): LeanTable => new LeanTable(connection(), configure(settings.delivery).DELIVERY_TABLE);
