import { appsThatMatter, type Placement, pointThatMatters, type Serving, type SlotAnswer } from "../domain/decision.ts";
import { answersOf, type DecisionFacts, mintDecisionId } from "../domain/decision-id.ts";
import type { Placed } from "../domain/delivery-event.ts";
import { mintToken, type Signer } from "../domain/event-token.ts";
import { NO_AD, type NoAdReason } from "../domain/no-ad.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Surface } from "../domain/surface.ts";
import type { Instant } from "../domain/window.ts";
import { type Confirmed, isWithin, STALE_MS } from "./fresh-snapshot.ts";
import type { Call } from "./ports/call.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Catalogue, Log, NewSeed, Now, PointOf } from "./ports/world.ts";

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
  /** Signs the ids of decisions. */
  readonly decisions: Signer;
  readonly publicUrl: string;
  readonly now: Now;
  readonly newSeed: NewSeed;
  readonly pointOf: PointOf;
  readonly log: Log;
}

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
    const usable = confirmed && isWithin(STALE_MS, confirmed.confirmedAt, at) ? confirmed : undefined;
    const serving = usable && servingOf(surface, usable.snapshot, usable.board.live, deps.catalogue);
    const facts: DecisionFacts = {
      at,
      surface: surface.id,
      slots,
      seed: deps.newSeed(),
      point: serving ? pointThatMatters(serving, at, (season) => deps.pointOf(season, viewer.key)) : 0,
      apps: serving ? appsThatMatter(serving, viewer.installedApps) : [],
      versions: usable ? { snapshot: usable.since, switches: usable.board.version } : null,
      withheld: usable?.withheld ?? [],
    };
    const decision = mintDecisionId(deps.decisions, facts);
    return {
      ...headOf(decision, facts),
      slots: answersOf(facts, serving).map((answer, slot) => {
        if (!("placement" in answer)) return empty(answer);
        const addresses = place(deps, surface, answer.placement, { decision, slot, at, installedApps: viewer.installedApps });
        return { ...shown(surface, answer.placement, at), ...addresses };
      }),
    };
  };

/** The surface as decisions see it. */
export const servingOf = (
  surface: Surface,
  snapshot: Serving["snapshot"],
  switches: Serving["switches"],
  { marketplace }: Pick<Catalogue, "marketplace">,
): Serving => ({ host: surface.host, snapshot, switches, marketplace });

/** What a decision's answer says of itself. */
export const headOf = (id: string, { at, versions }: DecisionFacts) => ({
  id,
  decidedAt: at,
  snapshot: versions?.snapshot ?? null,
  switches: versions?.switches ?? null,
});

/** A slot's answer but for its addresses: what follows from the facts alone. */
export function shown(surface: Surface, { season, phase, brand, card: { destination: _destination, ...card } }: Placement, at: Instant) {
  return { card, brand, season: season.id, phase, expiresAt: until(surface.impressionTokenSeconds, season, at) };
}

export const empty = ({ noAd }: Extract<SlotAnswer, { noAd: NoAdReason }>) => ({ noAd: { code: NO_AD[noAd], reason: noAd } });

/** Nothing that was shown is counted beyond the season's grace. */
const until = (seconds: number, { instants }: Placement["season"], at: Instant): Instant =>
  Math.min(at + seconds * 1000, instants.clickGraceEnds);

function place(
  { signer, publicUrl, catalogue }: Deps,
  surface: Surface,
  { season, phase, brand, card }: Placement,
  { decision, slot, at, installedApps }: Pick<Placed, "decision" | "slot" | "installedApps"> & { at: Instant },
) {
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
    destination: card.destination,
    // Only apps that a link could need: an address has an end, and what else the viewer has is nobody's business.
    installedApps: catalogue.marketplace(season.marketplace)?.apps.filter((app) => installedApps.includes(app)) ?? [],
  };
  const ends = (seconds: number) => until(seconds, season, at);
  return {
    impressionUrl: `${publicUrl}/i/${mintToken(signer, "impression", placed, ends(surface.impressionTokenSeconds))}`,
    clickUrl: `${publicUrl}/c/${mintToken(signer, "click", placed, ends(surface.clickTokenSeconds))}`,
  };
}
