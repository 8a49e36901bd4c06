import { decide, type Placement, type SlotAnswer } from "../domain/decision.ts";
import type { Placed } from "../domain/delivery-event.ts";
import { mintToken, type Signer } from "../domain/event-token.ts";
import { NO_AD, type NoAdReason } from "../domain/no-ad.ts";
import { Refusal } from "../domain/refusal.ts";
import type { ServedCard } from "../domain/snapshot.ts";
import type { Surface } from "../domain/surface.ts";
import type { Instant } from "../domain/window.ts";
import { type Confirmed, isWithin, STALE_MS } from "./fresh-snapshot.ts";
import type { Call } from "./ports/call.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Catalogue, Log, NewId, Now, Random } from "./ports/world.ts";

/** What a host asks: which cards for this viewer now? The viewer's key is not kept. */
export interface DecisionRequest {
  readonly surface: string;
  readonly slots: number;
  readonly viewer: { readonly key: string; readonly installedApps: readonly string[] };
}

interface Deps {
  readonly freshSnapshot: (surface: string) => Promise<Confirmed | undefined>;
  readonly catalogue: Catalogue;
  readonly signer: Signer;
  readonly publicUrl: string;
  readonly now: Now;
  readonly newId: NewId;
  readonly random: Random;
  readonly log: Log;
}

export type SlotReply =
  | {
      readonly card: Omit<ServedCard, "destination">;
      readonly brand: string;
      readonly season: string;
      readonly phase: string;
      readonly impressionUrl: string;
      readonly clickUrl: string;
      readonly expiresAt: Instant;
    }
  | { readonly noAd: { readonly code: number; readonly reason: NoAdReason } };

/**
 * Answers each slot with a card or with why there is none. Without a fresh snapshot there is no ad: it fails closed.
 * @throws Refusal `not-found` when the surface is not the caller's.
 */
export const decideCards =
  (deps: Deps) =>
  async ({ body: { surface: id, slots, viewer }, user }: Call<unknown, unknown, DecisionRequest>) => {
    const surface = deps.catalogue.surface(id);
    if (surface?.host !== user.tenant) throw new Refusal("not-found");
    const confirmed = await deps.freshSnapshot(surface.id).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
      deps.log("error", "snapshot-unavailable", { surface: surface.id });
      return undefined;
    });
    const at = deps.now();
    const decision = deps.newId("dec");
    const usable = confirmed && isWithin(STALE_MS, confirmed.confirmedAt, at) ? confirmed : undefined;
    const answers: readonly SlotAnswer[] = usable
      ? decide(usable.snapshot, slots, at, deps.random)
      : Array.from({ length: slots }, () => ({ noAd: "technical-error" }));
    return {
      id: decision,
      decidedAt: at,
      snapshot: usable?.version ?? null,
      slots: answers.map((answer, slot) =>
        "noAd" in answer
          ? { noAd: { code: NO_AD[answer.noAd], reason: answer.noAd } }
          : place(deps, surface, answer.placement, { decision, slot, at, installedApps: viewer.installedApps }),
      ),
    };
  };

function place(
  { signer, publicUrl, catalogue }: Deps,
  surface: Surface,
  { season, phase, brand, card: { destination, ...card } }: Placement,
  { decision, slot, at, installedApps }: Pick<Placed, "decision" | "slot" | "installedApps"> & { at: Instant },
): SlotReply {
  const placed: Placed = {
    decision,
    slot,
    surface: surface.id,
    season: season.id,
    phase,
    brand,
    campaign: card.campaign,
    card: card.id,
    marketplace: season.marketplace,
    destination,
    // Only apps that a link could need: an address has an end, and what else the viewer has is nobody's business.
    installedApps: catalogue.marketplace(season.marketplace)?.apps.filter((app) => installedApps.includes(app)) ?? [],
  };
  const until = (seconds: number) => Math.min(at + seconds * 1000, season.instants.clickGraceEnds);
  const expiresAt = until(surface.impressionTokenSeconds);
  return {
    card,
    brand,
    season: season.id,
    phase,
    impressionUrl: `${publicUrl}/i/${mintToken(signer, "impression", placed, expiresAt)}`,
    clickUrl: `${publicUrl}/c/${mintToken(signer, "click", placed, until(surface.clickTokenSeconds))}`,
    expiresAt,
  };
}
