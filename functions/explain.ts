import { explainServing } from "../lib/app/explain.ts";
import { replayDecision } from "../lib/app/replay-decision.ts";
import { explain } from "../lib/contracts/explain.ts";
import { cursorSigner } from "../lib/deps/cursor-signer.ts";
import { desk } from "../lib/deps/desk.ts";
import { decisionSigner } from "../lib/deps/signer.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { correctionReader } from "../lib/store/correction-reader.ts";
import { keyMarkStore } from "../lib/store/key-marks.ts";
import { snapshotStore } from "../lib/store/snapshots.ts";

const delivery = deliveryTable("write");
const deps = {
  ...desk(),
  cursors: cursorSigner(),
  decisions: decisionSigner(),
  keyMarks: keyMarkStore(registryTable("write")),
  snapshots: snapshotStore(delivery),
  corrections: correctionReader(delivery),
};

export const handler = endpoints(explain, { explain: explainServing(deps), replay: replayDecision(deps) }, deps);
