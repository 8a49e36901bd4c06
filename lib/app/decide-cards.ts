import type { User } from "../domain/authorisation.ts";
import { type Correction, inForce, UNCORRECTED, withCeilings } from "../domain/correction.ts";
import type { SlotAnswer } from "../domain/decision.ts";
import { answersOf, type DecisionFacts, mintDecisionId } from "../domain/decision-id.ts";
import { mintTokens, type Signer, spotText } from "../domain/event-token.ts";
import { type HoldReason, noting } from "../domain/held.ts";
import { macrosOf } from "../domain/macros.ts";
import { monitoringLinks } from "../domain/monitoring.ts";
import type { NoAdReason } from "../domain/no-ad.ts";
import { Refusal } from "../domain/refusal.ts";
import { isTooNear, LONGEST_SESSION, NEW_SESSION, type Seen, sessionAfter } from "../domain/separation.ts";
import { appsThatMatter, marketplaceOf, pointThatMatters, type Serving } from "../domain/serving.ts";
import { type Live, type Placement, servingIndex } from "../domain/serving-index.ts";
import { sightOf } from "../domain/sight.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { isFor, type Profile } from "../domain/targeting.ts";
import type { Instant } from "../domain/window.ts";
import type { Claim, Claims } from "./claims.ts";
import { type Confirmed, type FreshSnapshot, isWithin, orNoWord, STALE_MS } from "./fresh-snapshot.ts";
import type { Decided, DecisionRequest, Placed } from "./ports/decisions.ts";
import type { EventIds, InTime, Log, NewSeed, Now, PointOf } from "./ports/world.ts";

type Empty = Extract<SlotAnswer, { noAd: NoAdReason }>;

interface Deps {
  readonly freshSnapshot: FreshSnapshot;
  readonly signer: Signer;
  /** Signs the ids of decisions. */
  readonly decisions: Signer;
  readonly publicUrl: string;
  readonly now: Now;
  readonly newSeed: NewSeed;
  readonly pointOf: PointOf;
  readonly claims: Claims;
  readonly inTime: InTime;
  readonly eventIds: EventIds;
  readonly log: Log;
}

/** How long a caller waits who does not say: an answer is due in a second, on its way and back (reliability.md P11). Milliseconds. */
export const PATIENCE_MS = 800;

/**
 * Answers each slot with a card or with why there is none. Without a fresh snapshot there is no ad: it fails closed. A promise only
 * when something has to be read first; what has not come by the caller's deadline is done without. @throws Refusal `not-found` when the surface is not the caller's.
 */
export function decideCards(deps: Deps) {
  const liveOf = keptLive();
  const decided = (confirmed: Confirmed | undefined, request: DecisionRequest, user: User, asked?: Instant): Decided | Promise<Decided> => {
    if (confirmed && confirmed.snapshot.host !== user.tenant) throw new Refusal("not-found");
    const { session = NEW_SESSION } = request;
    const seed = deps.newSeed();
    const { key: viewer, network } = request.viewer;
    const claim = deps.claims({ viewer, network });
    let due = asked === undefined ? undefined : dueBy(request, asked);
    const look = (): Decided | Promise<Decided> => {
      const at = deps.now();
      const usable = confirmed && isWithin(STALE_MS, confirmed.confirmedAt, at) ? confirmed : undefined;
      const serving = usable && { snapshot: usable.snapshot, switches: usable.board.live };
      const correction = inForce(usable?.correction ?? UNCORRECTED, at);
      claim.begin(at, serving?.snapshot);
      const { holds, held } = noting(holdsOf(request.viewer, session, serving, claim));
      const facts = factsOf(deps, request, { at, seed, held }, serving, usable);
      const answers = answersOf(facts, serving && liveOf(serving, at, correction), withCeilings(correction, holds));
      const taken = claim.take(answers);
      // Whatever was waited for, windows and the snapshot's age are asked again: nothing is answered that was decided before.
      if (taken !== true) {
        due ??= dueBy(request, at);
        return deps.inTime(taken, due - at).then((inTime) => {
          if (!inTime) claim.giveUp();
          return look();
        });
      }
      // Only now, since it says what was held back.
      const id = mintDecisionId(deps.decisions, facts);
      const slots: (Placed | Empty)[] = [];
      const seen: Seen[] = [];
      for (const answer of answers) {
        if (!("placement" in answer) || !serving) {
          slots.push(answer as Empty);
          continue;
        }
        const { placement } = answer;
        const lease = placement.isForAnybody ? "" : claim.leaseOf(placement.campaign.id);
        seen.push(placement);
        const slot = slots.length;
        const found = placed(deps, serving.snapshot, placement, { id, slot, at, viewer: request.viewer, lease });
        slots.push(
          placement.monitoring
            ? { ...found, monitoring: monitoringLinks(placement.monitoring, macrosFor(placement, id, slot, deps)) }
            : found,
        );
      }
      return {
        ...headOf(id, facts),
        session: serving ? sessionAfter(session, seen, farthest(serving.snapshot)) : session,
        slots,
      };
    };
    return look();
  };
  return (request: DecisionRequest, user: User): Decided | Promise<Decided> => {
    const confirmed = deps.freshSnapshot(request.surface);
    if (!(confirmed instanceof Promise)) return decided(confirmed, request, user);
    const asked = deps.now();
    const found = orNoWord(confirmed, request.surface, deps.log);
    return deps.inTime(found, dueBy(request, asked) - asked).then((inTime) => {
      if (!inTime) deps.log("error", "snapshot-late", { surface: request.surface });
      // As when it fails: what is held is used for as long as it may be.
      const value = inTime ? inTime.value : (deps.freshSnapshot.held?.(request.surface) ?? null);
      // Without a word from the store nobody knows whose the surface is; without anything published there it is nobody's.
      if (value === undefined) throw new Refusal("not-found");
      return decided(value ?? undefined, request, user, asked);
    });
  };
}

/** What others' addresses are filled with for a card in a slot: the tap's id is known before it, its time is not. */
export const macrosFor = ({ campaign, card, season }: Placement, decision: string, slot: number, { eventIds }: Pick<Deps, "eventIds">) => ({
  ...macrosOf({ impression: eventIds("impression", decision, slot), campaign: campaign.id, card: card.id, season: season.id, click: null }),
  CLICK_ID: eventIds("click", decision, slot),
});

const dueBy = ({ deadlineMs = PATIENCE_MS }: DecisionRequest, asked: Instant): Instant => asked + deadlineMs;

/** What is live by a serving, of each surface made ready once for as long as its serving stays the same. */
export function keptLive() {
  const kept = new Map<string, { readonly serving: Serving; readonly live: ReturnType<typeof servingIndex> }>();
  return (serving: Serving, at: Instant, { share }: Correction): Live => {
    const { surface } = serving.snapshot;
    const found = kept.get(surface);
    if (found?.serving.snapshot === serving.snapshot && found.serving.switches === serving.switches) return found.live(at, share);
    const live = servingIndex(serving);
    kept.set(surface, { serving, live });
    return live(at, share);
  };
}

function factsOf(
  { pointOf }: Deps,
  { surface, slots, viewer }: DecisionRequest,
  { at, seed, held }: Pick<DecisionFacts, "at" | "seed" | "held">,
  serving: Serving | undefined,
  usable: Confirmed | undefined,
): DecisionFacts {
  return {
    at,
    surface,
    slots,
    seed,
    point: serving ? pointThatMatters(serving, at, (season) => pointOf(season, viewer.key)) : 0,
    apps: serving ? appsThatMatter(serving, viewer.installedApps) : [],
    versions: usable ? { snapshot: usable.since, switches: usable.board.version, shares: usable.correction.version } : null,
    withheld: usable?.withheld ?? [],
    held,
  };
}

/** What keeps a card from this viewer: whom its campaign is for, what was just shown, and caps. */
function holdsOf(viewer: Profile, session: string, serving: Serving | undefined, claim: Claim) {
  const apart = serving?.snapshot.separation ?? NOTHING_APART;
  return (placement: Placement, shown: readonly Placement[]): HoldReason | null => {
    const { isForAnybody, campaign } = placement;
    if (!isForAnybody && !isFor(campaign.targeting, viewer)) return "unmatched-viewer";
    const seen = shown.length === 0 ? session : sessionAfter(session, shown, LONGEST_SESSION);
    if (isTooNear(placement, seen, apart)) return "competitive-separation";
    return isForAnybody ? null : claim.holds(placement);
  };
}

const NOTHING_APART = { brand: 0, category: 0 };

const farthest = ({ separation }: Snapshot): number => Math.max(separation.brand, separation.category);

/** What a decision's answer says of itself. */
export const headOf = (id: string, { at, versions }: Pick<DecisionFacts, "at" | "versions">) => ({
  id,
  decidedAt: at,
  snapshot: versions?.snapshot ?? null,
  switches: versions?.switches ?? null,
});

/** A slot's answer but for its addresses: what follows from the facts alone. */
export const shown = (placement: Placement, { impressionTokenSeconds }: Pick<Snapshot, "impressionTokenSeconds">, at: Instant) => ({
  ...sightOf(placement),
  expiresAt: until(impressionTokenSeconds, placement.season, at),
});

/** Nothing that was shown is counted beyond the season's grace. */
const until = (seconds: number, { instants }: Placement["season"], at: Instant): Instant =>
  Math.min(at + seconds * 1000, instants.clickGraceEnds);

function spotOf(surface: string, placement: Placement): string {
  if (placement.spot === undefined) {
    const { season, phase, brand, card } = placement;
    const { id, campaign, destination } = card;
    placement.spot = spotText({
      surface,
      season: season.id,
      phase,
      brand,
      campaign,
      card: id,
      marketplace: season.marketplace,
      destination,
      seasonCloses: season.instants.closes,
    });
  }
  return placement.spot;
}

interface Answering {
  readonly id: string;
  readonly slot: number;
  readonly at: Instant;
  readonly viewer: Pick<DecisionRequest["viewer"], "installedApps" | "os" | "hostVersion">;
  /** Out of which it is; empty where nothing is capped. */
  readonly lease: string;
}

/** A placement and its addresses. */
export function placed(
  { signer, publicUrl }: Pick<Deps, "signer" | "publicUrl">,
  snapshot: Snapshot,
  placement: Placement,
  { id, slot, at, viewer: { installedApps, os, hostVersion }, lease }: Answering,
): Placed {
  const { season } = placement;
  const impressionEnds = until(snapshot.impressionTokenSeconds, season, at);
  const tokens = mintTokens(signer, spotOf(snapshot.surface, placement), {
    decision: id,
    slot,
    // Only apps that a link could need: an address has an end, and what else the viewer has is nobody's business.
    installedApps: marketplaceOf(snapshot, season)?.apps.filter((app) => installedApps.includes(app)) ?? [],
    os: os ?? null,
    hostVersion: hostVersion ?? "",
    lease,
    impressionEnds,
    clickEnds: until(snapshot.clickTokenSeconds, season, at),
  });
  return {
    placement,
    expiresAt: impressionEnds,
    impressionUrl: `${publicUrl}/i/${tokens.impression}`,
    clickUrl: `${publicUrl}/c/${tokens.click}`,
  };
}
