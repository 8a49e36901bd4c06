import { lineupStore } from "../store/lineups.ts";
import { seasonStore } from "../store/seasons.ts";
import { snapshotStore } from "../store/snapshots.ts";
import { shippedCatalogue } from "./catalogue.ts";
import { festivalClock } from "./clock.ts";
import { newId } from "./ids.ts";
import { log } from "./log.ts";
import { deliveryTable, registryTable } from "./tables.ts";

/** What turning seasons and publishing snapshots need: the Registry to read, the Delivery table to publish in. */
export function publisher() {
  const registry = registryTable("write");
  return {
    now: festivalClock(),
    newId,
    log,
    catalogue: shippedCatalogue(),
    seasons: seasonStore(registry),
    lineups: lineupStore(registry),
    snapshots: snapshotStore(deliveryTable("write")),
  };
}
