import { decideCards } from "../lib/app/decide-cards.ts";
import { freshSnapshots } from "../lib/app/fresh-snapshot.ts";
import { decisions } from "../lib/contracts/decisions.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { newSeed } from "../lib/deps/ids.ts";
import { log } from "../lib/deps/log.ts";
import { decisionSigner, eventSigner, publicUrl } from "../lib/deps/signer.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { viewerPoints } from "../lib/deps/viewer-points.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { keyMarkStore } from "../lib/store/key-marks.ts";
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
  decisions: decisionSigner(),
  pointOf: viewerPoints(),
  publicUrl: publicUrl(),
  freshSnapshot: freshSnapshots({
    snapshots: snapshotStore(deliveryTable("serve")),
    switches: switchStore(registry),
    keyMarks: keyMarkStore(registry),
    now,
  }),
};

export const handler = endpoints(decisions, { decide: decideCards(deps) }, deps);
