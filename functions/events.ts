import { countImpression, followClick } from "../lib/app/count-events.ts";
import { events } from "../lib/contracts/events.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { log } from "../lib/deps/log.ts";
import { eventSigner } from "../lib/deps/signer.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { endpoints, identifyNobody } from "../lib/http/endpoints.ts";
import { eventStore } from "../lib/store/events.ts";

const deps = {
  now: festivalClock(),
  log,
  identify: identifyNobody,
  catalogue: shippedCatalogue(),
  signer: eventSigner(),
  events: eventStore(deliveryTable("serve")),
};

export const handler = endpoints(events, { impression: countImpression(deps), click: followClick(deps) }, deps);
