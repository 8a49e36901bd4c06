import { reaches } from "../domain/authorisation.ts";
import { type Correction, inForce, UNCORRECTED, withCeilings } from "../domain/correction.ts";
import { answersOf, type DecisionFacts, openDecisionId } from "../domain/decision-id.ts";
import type { Signer } from "../domain/event-token.ts";
import { holdingBack } from "../domain/held.ts";
import { withholding } from "../domain/key-mark.ts";
import { thrownIn } from "../domain/kill-switch.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Serving } from "../domain/serving.ts";
import { servingIndex } from "../domain/serving-index.ts";
import { empty } from "../domain/sight.ts";
import type { Surface } from "../domain/surface.ts";
import { headOf, shown } from "./decide-cards.ts";
import type { Call } from "./ports/call.ts";
import type { CorrectionStore } from "./ports/corrections.ts";
import type { SnapshotHistory } from "./ports/snapshots.ts";
import type { SwitchStore } from "./ports/switches.ts";
import type { Catalogue } from "./ports/world.ts";

interface Deps {
  readonly snapshots: Pick<SnapshotHistory, "content" | "recall">;
  readonly switches: Pick<SwitchStore, "all">;
  readonly corrections: Pick<CorrectionStore, "recall">;
  readonly catalogue: Catalogue;
  readonly decisions: Signer;
}

/**
 * A decision made again from what its id says, by the code that made it, from the snapshot and the switches it was made from.
 * Its addresses are left out: who replays is nobody who was shown anything. @throws Refusal `not-found`, `no-longer-kept`,
 * `not-replayable`.
 */
export const replayDecision =
  (deps: Deps) =>
  async ({ params: { decision }, user }: Call<{ decision: string }>) => {
    const facts = openDecisionId(deps.decisions, decision);
    const surface = deps.catalogue.surface(facts.surface);
    if (!surface || !reaches(user, { brand: "", marketplace: "", host: surface.host })) throw new Refusal("not-found");
    const serving = facts.versions ? await servingThen(deps, surface, facts.versions, facts.withheld) : undefined;
    if (!facts.held) throw new Refusal("not-replayable");
    const correction = inForce(await correctionThen(deps, facts), facts.at);
    const live = serving && servingIndex(serving)(facts.at, correction.share);
    return {
      ...headOf(decision, facts),
      slots: answersOf(facts, live, withCeilings(correction, holdingBack(facts.held))).map((answer) =>
        "placement" in answer ? shown(answer.placement, surface, facts.at) : empty(answer),
      ),
    };
  };

async function correctionThen({ corrections }: Deps, { surface, versions }: DecisionFacts): Promise<Correction> {
  if (!versions || versions.shares === UNCORRECTED.version) return UNCORRECTED;
  const correction = await corrections.recall(surface, versions.shares);
  if (!correction) throw new Refusal("no-longer-kept");
  return correction;
}

async function servingThen(
  { snapshots, switches }: Deps,
  surface: Surface,
  versions: NonNullable<DecisionFacts["versions"]>,
  withheld: DecisionFacts["withheld"],
): Promise<Serving> {
  if (!withheld) throw new Refusal("not-replayable");
  const content = await snapshots.content(surface.id, versions.snapshot);
  const snapshot = content && (await snapshots.recall(surface.id, content));
  if (!snapshot) throw new Refusal("no-longer-kept");
  return { snapshot: withholding(snapshot, withheld), switches: thrownIn(await switches.all(), versions.switches) };
}
