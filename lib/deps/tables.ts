import { configure, settings } from "../config.ts";
import { openClient } from "../store/client.ts";
import { Table } from "../store/table.ts";

/** Serving gives up soon, and without a card; what people do is tried harder (reliability.md §5, F3). */
const ATTEMPTS = { serve: 2, write: 4 } as const;

const client = (purpose: keyof typeof ATTEMPTS) => {
  const { DYNAMODB_ENDPOINT, STORE_TIMEOUT_MS } = configure(settings.store);
  return openClient({ endpoint: DYNAMODB_ENDPOINT, maxAttempts: ATTEMPTS[purpose], timeoutMs: STORE_TIMEOUT_MS });
};

/** Applications, seasons, campaigns, cards, audit. */
export const registryTable = (purpose: keyof typeof ATTEMPTS): Table =>
  new Table(client(purpose), configure(settings.registry).REGISTRY_TABLE);

/** Snapshots, events, tallies. */
export const deliveryTable = (purpose: keyof typeof ATTEMPTS): Table =>
  new Table(client(purpose), configure(settings.delivery).DELIVERY_TABLE);
