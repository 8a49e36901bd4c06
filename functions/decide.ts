import { decideCards } from "../lib/app/decide-cards.ts";
import { freshSnapshots } from "../lib/app/fresh-snapshot.ts";
import { festivalClock, machineClock } from "../lib/deps/clock.ts";
import { leanIdentity } from "../lib/deps/lean-identity.ts";
import { leanDelivery, leanRegistry } from "../lib/deps/lean-tables.ts";
import { log } from "../lib/deps/log.ts";
import { rememberingIdentity } from "../lib/deps/remembering-identity.ts";
import { newSeed } from "../lib/deps/seeds.ts";
import { decisionSigner, eventSigner, publicUrl } from "../lib/deps/signer.ts";
import { viewerPoints } from "../lib/deps/viewer-points.ts";
import { decisionEndpoint } from "../lib/http/decision-endpoint.ts";
import { boardReader } from "../lib/store/board.ts";
import { keyMarkReader } from "../lib/store/key-marks.ts";
import { snapshotReader } from "../lib/store/snapshot-reader.ts";

const now = festivalClock();
const registry = leanRegistry();
const decide = decideCards({
  now,
  log,
  newSeed,
  signer: eventSigner(),
  decisions: decisionSigner(),
  pointOf: viewerPoints(),
  publicUrl: publicUrl(),
  freshSnapshot: freshSnapshots({
    snapshots: snapshotReader(leanDelivery()),
    switches: boardReader(registry),
    keyMarks: keyMarkReader(registry),
    now,
  }),
});

export const handler = decisionEndpoint({ identify: rememberingIdentity(leanIdentity(machineClock), machineClock), decide, now, log });
