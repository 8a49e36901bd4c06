import { watchLinks } from "../lib/app/watch-links.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { log } from "../lib/deps/log.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { tallyStore } from "../lib/store/tallies.ts";

/** EventBridge calls every five minutes. */
export const handler = watchLinks({
  now: festivalClock(),
  log,
  seasons: seasonStore(registryTable("write")),
  tallies: tallyStore(deliveryTable("write")),
});
