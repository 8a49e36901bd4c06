import { applicationStore } from "../store/applications.ts";
import { campaignStore } from "../store/campaigns.ts";
import { cardStore } from "../store/cards.ts";
import { lineupStore } from "../store/lineups.ts";
import { receiptStore } from "../store/receipts.ts";
import { seasonStore } from "../store/seasons.ts";
import { switchStore } from "../store/switches.ts";
import { shippedCatalogue } from "./catalogue.ts";
import { festivalClock } from "./clock.ts";
import { identity } from "./identity.ts";
import { newId } from "./ids.ts";
import { log } from "./log.ts";
import { registryTable } from "./tables.ts";

/** What the people at their desks work with: the Registry, and who they are. */
export function desk() {
  return { ...registrar(), identify: identity() };
}

/** The Registry's stores, without anybody who asks for them. */
export function registrar() {
  const registry = registryTable("write");
  return {
    now: festivalClock(),
    newId,
    log,
    catalogue: shippedCatalogue(),
    applications: applicationStore(registry),
    seasons: seasonStore(registry),
    campaigns: campaignStore(registry),
    cards: cardStore(registry),
    lineups: lineupStore(registry),
    switches: switchStore(registry),
    receipts: receiptStore(registry),
  };
}
