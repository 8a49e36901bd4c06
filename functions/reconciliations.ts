import { reconcile } from "../lib/app/reconcile.ts";
import { reconciliations } from "../lib/contracts/reconciliations.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { creditStore } from "../lib/store/credits.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { tallyStore } from "../lib/store/tallies.ts";

const registry = registryTable("write");
const deps = {
  now: festivalClock(),
  log,
  identify: identity(),
  seasons: seasonStore(registry),
  credits: creditStore(registry),
  tallies: tallyStore(deliveryTable("write")),
};

export const handler = endpoints(reconciliations, { compare: reconcile(deps) }, deps);
