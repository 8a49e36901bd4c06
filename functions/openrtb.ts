import { bidCards } from "../lib/app/bid-cards.ts";
import { freshSnapshots } from "../lib/app/fresh-snapshot.ts";
import { openrtb } from "../lib/contracts/openrtb.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { eventIds } from "../lib/deps/event-ids.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { newSeed } from "../lib/deps/seeds.ts";
import { bidSigner, eventSigner, publicDomain, publicUrl } from "../lib/deps/signer.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { viewerPoints } from "../lib/deps/viewer-points.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { keyMarkReader } from "../lib/store/key-mark-reader.ts";
import { snapshotStore } from "../lib/store/snapshots.ts";
import { switchStore } from "../lib/store/switches.ts";

const now = festivalClock();
const registry = registryTable("serve");
const deps = {
  now,
  log,
  newSeed,
  identify: identity(),
  catalogue: shippedCatalogue(),
  signer: eventSigner(),
  decisions: bidSigner(),
  pointOf: viewerPoints(),
  publicUrl: publicUrl(),
  eventIds,
  domain: publicDomain(),
  freshSnapshot: freshSnapshots({
    snapshots: snapshotStore(deliveryTable("serve")),
    switches: switchStore(registry),
    keyMarks: keyMarkReader(registry),
    now,
  }),
};

export const handler = endpoints(openrtb, { bid: bidCards(deps) }, deps);
