import { briefly } from "../lib/app/briefly.ts";
import { countImpression } from "../lib/app/count-impression.ts";
import { followClick } from "../lib/app/follow-click.ts";
import { knownSwitches } from "../lib/app/known-switches.ts";
import { recordClick } from "../lib/app/record-click.ts";
import { events } from "../lib/contracts/events.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { log } from "../lib/deps/log.ts";
import { eventSigner } from "../lib/deps/signer.ts";
import { deliveryTable, registryTable, tapPatience } from "../lib/deps/tables.ts";
import { trafficSigns } from "../lib/deps/traffic.ts";
import { endpoints, identifyNobody } from "../lib/http/endpoints.ts";
import { eventStore } from "../lib/store/events.ts";
import { switchStore } from "../lib/store/switches.ts";

const now = festivalClock();
const askRegistry = briefly(tapPatience());
const board = switchStore(registryTable("serve"));
const deps = {
  now,
  log,
  identify: identifyNobody,
  catalogue: shippedCatalogue(),
  signer: eventSigner(),
  signs: trafficSigns(),
  briefly: briefly(tapPatience()),
  events: eventStore(deliveryTable("serve")),
  switches: knownSwitches({ switches: { board: () => askRegistry(() => board.board()) }, now, log }),
};

export const handler = endpoints(
  events,
  { impression: countImpression(deps), click: followClick({ ...deps, recordClick: recordClick(deps) }) },
  deps,
);
