import { configure, settings } from "../config.ts";
import { openClient } from "../store/client.ts";
import { Table } from "../store/table.ts";

/** Serving gives up soon, and without a card; what people do is tried harder (reliability.md §5, F3). */
const PATIENCE = { serve: { maxAttempts: 2, timeoutMs: 150 }, write: { maxAttempts: 4, timeoutMs: 300 } } as const;
type Purpose = keyof typeof PATIENCE;

const client = (purpose: Purpose) => {
  const { DYNAMODB_ENDPOINT, STORE_TIMEOUT_MS } = configure(settings.store);
  const { maxAttempts, timeoutMs } = PATIENCE[purpose];
  return openClient({ endpoint: DYNAMODB_ENDPOINT, maxAttempts, timeoutMs: STORE_TIMEOUT_MS ?? timeoutMs });
};

/** Applications, seasons, campaigns, cards, audit. */
export const registryTable = (purpose: Purpose): Table => new Table(client(purpose), configure(settings.registry).REGISTRY_TABLE);

/** Snapshots, events, tallies. */
export const deliveryTable = (purpose: Purpose): Table => new Table(client(purpose), configure(settings.delivery).DELIVERY_TABLE);
