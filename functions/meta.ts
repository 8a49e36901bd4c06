import { health } from "../lib/app/health.ts";
import { meta } from "../lib/contracts/meta.ts";
import { openApi } from "../lib/contracts/openapi.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock, machineClock } from "../lib/deps/clock.ts";
import { log } from "../lib/deps/log.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { endpoints, identifyNobody } from "../lib/http/endpoints.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { snapshotStore } from "../lib/store/snapshots.ts";
import { tickStore } from "../lib/store/ticks.ts";

const delivery = deliveryTable("serve");
const deps = {
  now: festivalClock(),
  machineNow: machineClock,
  log,
  catalogue: shippedCatalogue(),
  seasons: seasonStore(registryTable("serve")),
  snapshots: snapshotStore(delivery),
  ticks: tickStore(delivery),
};
const document = openApi();

/** Also the answer to every address that is none: API Gateway's `$default` route leads here. */
export const handler = endpoints(
  meta,
  { openapi: async () => ({ ...document }), health: health(deps) },
  { ...deps, identify: identifyNobody },
);
