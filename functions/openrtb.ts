import { bidCards } from "../lib/app/bid-cards.ts";
import { claims } from "../lib/app/claims.ts";
import { countingBids } from "../lib/app/count-bids.ts";
import { decisionCounts } from "../lib/app/count-decisions.ts";
import { freshSnapshots } from "../lib/app/fresh-snapshot.ts";
import { openrtb } from "../lib/contracts/openrtb.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock, machineClock } from "../lib/deps/clock.ts";
import { eventIds } from "../lib/deps/event-ids.ts";
import { identity } from "../lib/deps/identity.ts";
import { inTime } from "../lib/deps/in-time.ts";
import { leanDelivery } from "../lib/deps/lean-tables.ts";
import { log } from "../lib/deps/log.ts";
import { newNonce, newSeed } from "../lib/deps/seeds.ts";
import { bidSigner, eventSigner, publicDomain, publicUrl } from "../lib/deps/signer.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { viewerMarks } from "../lib/deps/viewer-marks.ts";
import { viewerPoints } from "../lib/deps/viewer-points.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { correctionReader } from "../lib/store/correction-reader.ts";
import { decisionCountStore } from "../lib/store/decision-counts.ts";
import { keyMarkReader } from "../lib/store/key-mark-reader.ts";
import { leaseStore } from "../lib/store/leases.ts";
import { snapshotStore } from "../lib/store/snapshots.ts";
import { switchStore } from "../lib/store/switches.ts";
import { viewerStore } from "../lib/store/viewers.ts";

const now = festivalClock();
const registry = registryTable("serve");
const delivery = deliveryTable("serve");
// What decides takes from caps, and counts, by one client alone, which asks twice and no more.
const caps = leanDelivery();
const counts = decisionCounts({ counts: decisionCountStore(caps), newNonce, now, machineNow: machineClock, log });
const deps = {
  now,
  log,
  newSeed,
  inTime,
  claims: claims({ leases: leaseStore(caps), viewers: viewerStore(caps), markOf: viewerMarks(), newNonce, machineNow: machineClock, log }),
  identify: identity(),
  catalogue: shippedCatalogue(),
  signer: eventSigner(),
  decisions: bidSigner(),
  pointOf: viewerPoints(),
  publicUrl: publicUrl(),
  eventIds,
  domain: publicDomain(),
  freshSnapshot: counts.besideReading(
    freshSnapshots({
      snapshots: snapshotStore(delivery),
      switches: switchStore(registry),
      keyMarks: keyMarkReader(registry),
      corrections: correctionReader(delivery),
      now,
    }),
  ),
};

export const handler = endpoints(openrtb, { bid: countingBids(bidCards(deps), counts, now) }, deps);
