import { fairShareStore } from "../store/fair-shares.ts";
import { keyMarkStore } from "../store/key-marks.ts";
import { lineupStore } from "../store/lineups.ts";
import { refundStore } from "../store/refunds.ts";
import { seasonStore } from "../store/seasons.ts";
import { snapshotStore } from "../store/snapshots.ts";
import { switchStore } from "../store/switches.ts";
import { tallyStore } from "../store/tallies.ts";
import { tickStore } from "../store/ticks.ts";
import { shippedCatalogue } from "./catalogue.ts";
import { festivalClock, machineClock } from "./clock.ts";
import { newId } from "./ids.ts";
import { log } from "./log.ts";
import { deliveryTable, registryTable } from "./tables.ts";

/**
 * What turning seasons and publishing snapshots need: the Registry to read, the Delivery table to publish in. `mayWrite` is
 * asked before each write, where there is an end to reckon with.
 */
export function publisher(mayWrite?: () => boolean) {
  const registry = registryTable("write", mayWrite);
  const delivery = deliveryTable("write", mayWrite);
  return {
    now: festivalClock(),
    machineNow: machineClock,
    newId,
    log,
    catalogue: shippedCatalogue(),
    seasons: seasonStore(registry),
    lineups: lineupStore(registry),
    keyMarks: keyMarkStore(registry),
    snapshots: snapshotStore(delivery, machineClock),
    refunds: refundStore(delivery),
    switches: switchStore(registry),
    tallies: tallyStore(delivery),
    fairShares: fairShareStore(delivery, machineClock),
    ticks: tickStore(delivery),
  };
}
