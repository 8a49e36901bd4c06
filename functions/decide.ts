import { claims } from "../lib/app/claims.ts";
import { decisionCounts } from "../lib/app/count-decisions.ts";
import { decideCards } from "../lib/app/decide-cards.ts";
import { freshSnapshots } from "../lib/app/fresh-snapshot.ts";
import { festivalClock, machineClock } from "../lib/deps/clock.ts";
import { eventIds } from "../lib/deps/event-ids.ts";
import { inTime } from "../lib/deps/in-time.ts";
import { leanIdentity } from "../lib/deps/lean-identity.ts";
import { leanDelivery, leanRegistry } from "../lib/deps/lean-tables.ts";
import { log } from "../lib/deps/log.ts";
import { rememberingIdentity } from "../lib/deps/remembering-identity.ts";
import { newNonce, newSeed } from "../lib/deps/seeds.ts";
import { decisionSigner, eventSigner, publicUrl } from "../lib/deps/signer.ts";
import { viewerMarks } from "../lib/deps/viewer-marks.ts";
import { viewerPoints } from "../lib/deps/viewer-points.ts";
import { decisionEndpoint } from "../lib/http/decision-endpoint.ts";
import { boardReader } from "../lib/store/board.ts";
import { correctionReader } from "../lib/store/correction-reader.ts";
import { decisionCountStore } from "../lib/store/decision-counts.ts";
import { keyMarkReader } from "../lib/store/key-mark-reader.ts";
import { leaseStore } from "../lib/store/leases.ts";
import { snapshotReader } from "../lib/store/snapshot-reader.ts";
import { viewerStore } from "../lib/store/viewers.ts";

const now = festivalClock();
const registry = leanRegistry();
const delivery = leanDelivery();
const counts = decisionCounts({ counts: decisionCountStore(delivery), newNonce, now, machineNow: machineClock, log });
const decide = decideCards({
  now,
  log,
  newSeed,
  claims: claims({
    leases: leaseStore(delivery),
    viewers: viewerStore(delivery),
    markOf: viewerMarks(),
    newNonce,
    machineNow: machineClock,
    log,
  }),
  signer: eventSigner(),
  decisions: decisionSigner(),
  pointOf: viewerPoints(),
  inTime,
  eventIds,
  publicUrl: publicUrl(),
  freshSnapshot: counts.besideReading(
    freshSnapshots({
      snapshots: snapshotReader(delivery),
      switches: boardReader(registry),
      keyMarks: keyMarkReader(registry),
      corrections: correctionReader(delivery),
      now,
    }),
  ),
});

export const handler = decisionEndpoint({
  identify: rememberingIdentity(leanIdentity(machineClock), machineClock),
  decide: counts.counting(decide),
  now,
  log,
});
