import { configure, settings } from "../config.ts";
import { openClient } from "../store/client.ts";
import { Table } from "../store/table.ts";
import { machineClock } from "./clock.ts";
import { inTime } from "./in-time.ts";

/** Serving gives up soon, and without a card; what people do is tried harder (reliability.md §5, F3). */
const PATIENCE = { serve: { maxAttempts: 2, timeoutMs: 150 }, write: { maxAttempts: 4, timeoutMs: 300 } } as const;
type Purpose = keyof typeof PATIENCE;

const client = (purpose: Purpose, mayWrite?: () => boolean) => {
  const { DYNAMODB_ENDPOINT, STORE_TIMEOUT_MS } = configure(settings.store);
  const { maxAttempts, timeoutMs } = PATIENCE[purpose];
  return openClient({ endpoint: DYNAMODB_ENDPOINT, maxAttempts, timeoutMs: STORE_TIMEOUT_MS ?? timeoutMs, mayWrite });
};

/** How long a tap waits for the store, and for how long it then does without. Milliseconds. */
export const tapPatience = () => ({
  machineNow: machineClock,
  inTime,
  waitMs: configure(settings.store).STORE_TIMEOUT_MS ?? 100,
  restMs: 1_000,
});

/** Applications, seasons, campaigns, cards, audit. `mayWrite`: asked before each write, where there is an end to reckon with. */
export const registryTable = (purpose: Purpose, mayWrite?: () => boolean): Table =>
  new Table(client(purpose, mayWrite), configure(settings.registry).REGISTRY_TABLE);

/** Snapshots, images, events, tallies. `mayWrite` as above. */
export const deliveryTable = (purpose: Purpose, mayWrite?: () => boolean): Table =>
  new Table(client(purpose, mayWrite), configure(settings.delivery).DELIVERY_TABLE);
