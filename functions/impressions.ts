import { recordImpressions } from "../lib/app/record-impressions.ts";
import { impressions } from "../lib/contracts/impressions.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { eventSigner } from "../lib/deps/signer.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { batchStore } from "../lib/store/batches.ts";

const deps = {
  now: festivalClock(),
  log,
  identify: identity(),
  catalogue: shippedCatalogue(),
  signer: eventSigner(),
  batches: batchStore(deliveryTable("write")),
};

export const handler = endpoints(impressions, { record: recordImpressions(deps) }, deps);
