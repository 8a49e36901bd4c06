import { configure, settings } from "../config.ts";
import { openClient } from "../store/client.ts";
import { Table } from "../store/table.ts";

/** Serving gives up soon, and without a card; what people do is tried harder (reliability.md §5, F3). */
const PATIENCE = { serve: { maxAttempts: 2, timeoutMs: 150 }, write: { maxAttempts: 4, timeoutMs: 300 } } as const;
type Purpose = keyof typeof PATIENCE;

const client = (purpose: Purpose, mayWrite?: () => boolean) => {
  const { DYNAMODB_ENDPOINT, STORE_TIMEOUT_MS } = configure(settings.store);
  const { maxAttempts, timeoutMs } = PATIENCE[purpose];
  return openClient({ endpoint: DYNAMODB_ENDPOINT, maxAttempts, timeoutMs: STORE_TIMEOUT_MS ?? timeoutMs, mayWrite });
};

/** Applications, seasons, campaigns, cards, audit. `mayWrite`: asked before each write, where there is an end to reckon with. */
export const registryTable = (purpose: Purpose, mayWrite?: () => boolean): Table =>
  new Table(client(purpose, mayWrite), configure(settings.registry).REGISTRY_TABLE);

/** Snapshots, images, events, tallies. `mayWrite` as above. */
export const deliveryTable = (purpose: Purpose, mayWrite?: () => boolean): Table =>
  new Table(client(purpose, mayWrite), configure(settings.delivery).DELIVERY_TABLE);
