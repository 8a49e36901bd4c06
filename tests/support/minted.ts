import { decisionSigner, eventSigner } from "../../lib/deps/signer.ts";
import { statementSigner } from "../../lib/deps/statement-signer.ts";
import { deliveryTable } from "../../lib/deps/tables.ts";
import { type DecisionFacts, mintDecisionId } from "../../lib/domain/decision-id.ts";
import type { Placed } from "../../lib/domain/delivery-event.ts";
import type { Signer, TokenKind } from "../../lib/domain/event-token.ts";
import type { Place } from "../../lib/domain/tally.ts";
import { keys } from "../../lib/store/keys.ts";
import { statementStore } from "../../lib/store/statements.ts";
import { tokensOf } from "../unit/domain/fixtures.ts";
import { PLAN, SEASON, SURFACE } from "./gate-steps.ts";

let decisions = 0;

/** What a decision of its own would carry. */
function placed(): Placed {
  return {
    decision: `dec_${String(++decisions).padStart(26, "0")}`,
    slot: 0,
    surface: SURFACE,
    season: SEASON,
    phase: "wave-1",
    brand: "brd_00000000000000000000000001",
    campaign: "cmp_00000000000000000000000001",
    card: "crd_00000000000000000000000001",
    marketplace: "tmall",
    seasonCloses: Date.parse(PLAN.instants.clickGraceEnds),
    destination: { kind: "store", id: "990000000001" },
    installedApps: ["tmall"],
    os: "ios",
    hostVersion: "8.0.50",
    lease: "",
  };
}

/** A token signed with the open gate's own key, or another, as if a decision had given it. */
export const minted = (kind: TokenKind, expiresAt = PLAN.instants.clickGraceEnds, signer: Signer = eventSigner()): string =>
  tokensOf(signer, placed(), Date.parse(expiresAt))[kind];

/** A decision's id, signed with the open gate's own key: of one that had nothing to decide from, or had these versions. */
export const mintedDecision = (versions: DecisionFacts["versions"] = null, withheld: DecisionFacts["withheld"] = []): string => {
  const at = Date.parse(PLAN.instants.clickGraceEnds);
  return mintDecisionId(decisionSigner(), {
    at,
    surface: SURFACE,
    slots: 1,
    seed: [1, 2],
    point: 0,
    apps: [],
    versions,
    withheld,
    held: new Map(),
  });
};

/** A statement of that day, signed with the open gate's own key, as if it had been given. */
export async function mintedStatement(day: string): Promise<void> {
  const signer = statementSigner();
  const key = { season: SEASON, surface: SURFACE, day };
  await statementStore(deliveryTable("write")).keep(key, await signer.sign("{}"), await signer.publicKey());
}

/** A thousand clicks of a card in an hour, as if they had been counted. */
export async function mintedClicks(place: Pick<Place, "brand" | "campaign" | "card" | "hour">): Promise<void> {
  const whole = { ...place, surface: SURFACE, season: SEASON, phase: "wave-1" };
  await deliveryTable("write").put({ ...keys.tally(whole, "card"), place: whole, "count:clicks": 1_000 });
}
