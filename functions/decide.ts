import { decideCards } from "../lib/app/decide-cards.ts";
import { freshSnapshots } from "../lib/app/fresh-snapshot.ts";
import { decisions } from "../lib/contracts/decisions.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { newId } from "../lib/deps/ids.ts";
import { log } from "../lib/deps/log.ts";
import { eventSigner, publicUrl } from "../lib/deps/signer.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { snapshotStore } from "../lib/store/snapshots.ts";

const now = festivalClock();
const deps = {
  now,
  log,
  newId,
  identify: identity(),
  random: Math.random,
  catalogue: shippedCatalogue(),
  signer: eventSigner(),
  publicUrl: publicUrl(),
  freshSnapshot: freshSnapshots({ snapshots: snapshotStore(deliveryTable("serve")), now }),
};

export const handler = endpoints(decisions, { decide: decideCards(deps) }, deps);
