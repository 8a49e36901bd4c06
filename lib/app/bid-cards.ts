import { type Correction, inForce, withCeilings } from "../domain/correction.ts";
import { decide } from "../domain/decision.ts";
import { mintDecisionId } from "../domain/decision-id.ts";
import type { LinkKind } from "../domain/destination.ts";
import { isStopped } from "../domain/kill-switch.ts";
import { type Monitoring, monitoringLinks } from "../domain/monitoring.ts";
import type { BidAsk, DealAsk, ImpAsk, NativeAsk } from "../domain/openrtb/ask.ts";
import { filledWith, grantFor, type Limit, type Limits, lastOf, limitOn, whyNone } from "../domain/openrtb/limits.ts";
import type { NoBidReason } from "../domain/openrtb/no-bid.ts";
import { bidResponse, isMeasurable, type Link, type OurResponse, type Outcome } from "../domain/openrtb/response.ts";
import { networkOf, profileOf, viewerKeyOf } from "../domain/openrtb/viewer.ts";
import { drawnFrom, type Seed } from "../domain/random.ts";
import { Refusal } from "../domain/refusal.ts";
import { firstOpen, waysFor } from "../domain/routing.ts";
import { appsThatMatter, marketplaceOf, pointThatMatters, type Serving, type Viewing } from "../domain/serving.ts";
import type { Live, Placement } from "../domain/serving-index.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Profile } from "../domain/targeting.ts";
import type { Instant } from "../domain/window.ts";
import type { Claim } from "./claims.ts";
import { type decideCards, keptLive, macrosFor, PATIENCE_MS, placed } from "./decide-cards.ts";
import { type Confirmed, isWithin, orNoWord, STALE_MS } from "./fresh-snapshot.ts";
import type { Call } from "./ports/call.ts";
import type { Catalogue } from "./ports/world.ts";

/** Of what an exchange allows, the network takes most; with less than this there is no time to look anything up. Milliseconds. */
const LEAST_TMAX_MS = 50;

type Deps = Parameters<typeof decideCards>[0] & {
  readonly catalogue: Pick<Catalogue, "surface" | "host" | "marketplace">;
  /** Of our own addresses. */
  readonly domain: string;
};
type BidCall = Call<{ surface: string }, unknown, BidAsk>;

/** What answers to all impressions of a request are made from. */
interface Asking {
  readonly deps: Deps;
  readonly ask: BidAsk;
  readonly confirmed: Confirmed;
  readonly serving: Serving;
  readonly live: Live;
  readonly correction: Correction;
  readonly viewing: Viewing & { readonly apps: readonly string[] };
  readonly viewer: Profile & { readonly installedApps: readonly string[] };
  /** What is taken out of caps; undefined for a test, which takes nothing. */
  readonly claim: Claim | undefined;
  /** Always the same of an impression and a way to fill it, so that looking again changes no more than has changed. */
  readonly seedOf: (place: number, way: number) => Seed;
}

/** An impression that can be filled, and from whom. */
interface Fillable {
  readonly imp: ImpAsk;
  /** Which of the request's impressions it is. */
  readonly place: number;
  readonly native: NativeAsk;
  /** Each way is tried in its turn: under the deals that are named, then under any grant. */
  readonly ways: readonly (readonly DealAsk[] | undefined)[];
}

/** What an impression is filled with, or why it is not. */
type Choice = { readonly placement: Placement; readonly limits: Limits; readonly seed: Seed } | { readonly reason: NoBidReason };
type Choices = ReadonlyMap<Fillable, Choice>;

/**
 * Answers a bid request (OpenRTB 2.6) with cards, or with why there is none, impression by impression: each is a decision of one
 * slot, which holds back what the impression cannot be filled with. No brand appears twice. What is bid is taken out of caps as a
 * card that is shown is; nobody tells what becomes of a bid, so one that is not shown comes back with its lease.
 * @throws Refusal `not-found` when the surface is not the caller's.
 */
export function bidCards(deps: Deps) {
  const liveOf = keptLive();
  return async ({ params, body: ask, user }: BidCall): Promise<OurResponse> => {
    const surface = deps.catalogue.surface(params.surface);
    if (surface?.host !== user.tenant) throw new Refusal("not-found");
    const answer = (outcomes: readonly Outcome[]) => bidResponse(ask, outcomes, ({ sha256 }) => `${deps.publicUrl}/images/${sha256}`);
    const none = (reason: NoBidReason) => answer(ask.imp.map(({ id }) => ({ impid: id, reason })));

    if (ask.tmax !== undefined && ask.tmax < LEAST_TMAX_MS) return none("time-too-short");
    const key = viewerKeyOf(ask);
    if (key === undefined) return none("viewer-unknown");
    const asked = deps.now();
    const due = asked + Math.min(PATIENCE_MS, (ask.tmax ?? Number.POSITIVE_INFINITY) / 2);
    const reading = orNoWord(Promise.resolve(deps.freshSnapshot(surface.id)), surface.id, deps.log);
    const confirmed = ((await deps.inTime(reading, due - asked)) ?? { value: deps.freshSnapshot.held?.(surface.id) }).value;
    const claim = ask.test === 1 ? undefined : deps.claims({ viewer: key, network: networkOf(ask) });
    const seedOf = keptSeeds(deps.newSeed);
    for (;;) {
      const at = deps.now();
      if (!confirmed || !isWithin(STALE_MS, confirmed.confirmedAt, at)) return none("technical-error");
      const asking = askingAt(at, { deps, ask, confirmed, claim, seedOf, key, liveOf });
      const outcomes = new Map<string, Outcome>();
      const fillables: Fillable[] = [];
      ask.imp.forEach((imp, place) => {
        const found = fillable(imp, place, asking);
        if ("ways" in found) fillables.push(found);
        else outcomes.set(imp.id, found);
      });
      const best = bestOf(fillables, asking);
      const taken = claim?.take([...best.values()].flatMap((choice) => ("placement" in choice ? [choice] : []))) ?? true;
      // Whatever was waited for, windows and the snapshot's age are asked again: nothing is bid that was chosen before.
      if (taken !== true) {
        if (!(await deps.inTime(taken, due - at))) claim?.giveUp();
        continue;
      }
      for (const [each, choice] of best) outcomes.set(each.imp.id, outcomeOf(each, choice, asking));
      return answer(ask.imp.flatMap(({ id }) => outcomes.get(id) ?? []));
    }
  };
}

function askingAt(
  at: Instant,
  {
    key,
    liveOf,
    ...rest
  }: Pick<Asking, "deps" | "ask" | "confirmed" | "claim" | "seedOf"> & { key: string; liveOf: ReturnType<typeof keptLive> },
): Asking {
  const { deps, ask, confirmed, claim } = rest;
  const { snapshot, board } = confirmed;
  const serving: Serving = { snapshot, switches: board.live };
  const correction = inForce(confirmed.correction, at);
  const installedApps = appsAllowed(ask, snapshot);
  claim?.begin(at, snapshot);
  return {
    ...rest,
    serving,
    live: liveOf(serving, at, correction),
    correction,
    viewing: {
      at,
      point: pointThatMatters(serving, at, (season) => deps.pointOf(season, key)),
      apps: appsThatMatter(serving, installedApps),
    },
    viewer: { ...profileOf(ask), installedApps },
  };
}

function keptSeeds(newSeed: Deps["newSeed"]): Asking["seedOf"] {
  const kept = new Map<string, Seed>();
  return (place, way) => {
    const name = `${place} ${way}`;
    const seed = kept.get(name) ?? newSeed();
    kept.set(name, seed);
    return seed;
  };
}

/** The viewer's apps but for those that the exchange will have no links to. */
const appsAllowed = ({ device, bapp = [] }: BidAsk, { marketplaces }: Snapshot): readonly string[] =>
  (device?.ext?.installedApps ?? []).filter(
    (app) => !marketplaces.some(({ appStoreIds }) => appStoreIds[app]?.some((id) => bapp.includes(id))),
  );

/** What of an impression keeps it from being filled, whoever there is to fill it; or the ways to fill it. */
function fillable(imp: ImpAsk, place: number, { deps, serving }: Asking): Fillable | Extract<Outcome, { reason: NoBidReason }> {
  const no = (reason: NoBidReason) => ({ impid: imp.id, reason });
  const { native, pmp, bidfloor = 0, exp = 0, secure = 0 } = imp;
  if (!native) return no("not-native");
  if ("faults" in native.request) return { ...no("native-malformed"), errors: native.request.faults };
  if (!isMeasurable(native.request.value)) return no("impressions-unmeasurable");
  if (exp > serving.snapshot.impressionTokenSeconds) return no("expires-too-soon");
  if (secure === 1 && !deps.publicUrl.startsWith("https:")) return no("not-secure");
  const { deals = [], private_auction: isPrivate = 0 } = pmp ?? {};
  const free = deals.filter((deal) => (deal.bidfloor ?? 0) <= 0);
  const ways = [...(free.length > 0 ? [free] : []), ...(isPrivate === 1 || bidfloor > 0 ? [] : [undefined])];
  if (ways.length > 0) return { imp, place, native: native.request.value, ways };
  return no(isPrivate === 1 && deals.length === 0 ? "deal-unknown" : "floor-above-zero");
}

/** Reasons for which an impression is empty because of what others were filled with. */
const OF_OTHERS: readonly NoBidReason[] = ["slots-exceed-brands", "competitive-separation"] satisfies readonly Limit[];

/**
 * From the top; whoever is left with nothing because of the others chooses first in another try, once each. The try that fills
 * most is taken, the first of several.
 */
function bestOf(fillables: readonly Fillable[], asking: Asking): Choices {
  const moved = new Set<Fillable>();
  let best = chosen(fillables, asking);
  let [last, order] = [best, fillables];
  for (;;) {
    const loser = order.find((each) => !moved.has(each) && isOfOthers(last.get(each)));
    if (!loser) return best;
    moved.add(loser);
    order = [loser, ...order.filter((each) => each !== loser)];
    last = chosen(order, asking);
    if (filledIn(last) > filledIn(best)) best = last;
  }
}

const isOfOthers = (choice: Choice | undefined): boolean => choice !== undefined && "reason" in choice && OF_OTHERS.includes(choice.reason);

const isPlaced = (choice: Choice) => "placement" in choice;

const filledIn = (choices: Choices): number => [...choices.values()].filter(isPlaced).length;

function chosen(order: readonly Fillable[], asking: Asking): Choices {
  const taken = new Map<number, Placement>();
  const choices = new Map<Fillable, Choice>();
  for (const each of order) {
    const choice = choose(each, taken, asking);
    if ("placement" in choice) taken.set(each.place, choice.placement);
    choices.set(each, choice);
  }
  return choices;
}

function choose({ place, native, ways }: Fillable, taken: Limits["taken"], asking: Asking): Choice {
  const { ask, serving, live, correction, viewing, viewer, claim, seedOf } = asking;
  const capOn = claim?.holds ?? (() => null);
  let reason: NoBidReason = "technical-error";
  for (const [way, deals] of ways.entries()) {
    const limits: Limits = { ...ask, snapshot: serving.snapshot, at: viewing.at, viewer, native, deals, place, taken, capOn };
    const held = new Set<Limit>();
    const holds = (placement: Placement) => {
      const limit = limitOn(placement, limits);
      if (limit) held.add(limit);
      return limit && "unmatched-viewer";
    };
    const seed = seedOf(place, way);
    const [slot] = decide(live, { ...viewing, slots: 1, holds: withCeilings(correction, holds) }, drawnFrom(seed));
    if (slot && "placement" in slot) return { placement: slot.placement, limits, seed };
    const limit = lastOf(held);
    if (slot) reason = limit ? whyNone(limit, serving, limits, viewing) : slot.noAd;
  }
  return { reason };
}

/** What is told of an impression. */
function outcomeOf({ imp, native }: Fillable, choice: Choice, asking: Asking): Outcome {
  if ("reason" in choice) return { impid: imp.id, reason: choice.reason };
  const { placement, limits, seed } = choice;
  const { deps, ask, confirmed, serving, viewing, viewer, claim } = asking;
  const { season, phase, brand, campaign, card } = placement;
  const marketplace = marketplaceOf(serving.snapshot, season);
  const grant = grantFor(placement, limits);
  const assets = grant && filledWith(placement, grant, limits);
  const versions = { snapshot: confirmed.since, switches: confirmed.board.version, shares: confirmed.correction.version };
  const facts = { ...viewing, surface: serving.snapshot.surface, slots: 1, seed, versions, withheld: confirmed.withheld, held: null };
  const decision = mintDecisionId(deps.decisions, facts);
  const lease = claim?.leaseOf(campaign.id) ?? "";
  const addresses = (installedApps: readonly string[]) =>
    placed(deps, serving.snapshot, placement, { id: decision, slot: 0, at: viewing.at, viewer: { ...viewer, installedApps }, lease });
  const { impressionUrl, clickUrl, expiresAt } = addresses(viewer.installedApps);
  const isTest = ask.test === 1;
  const apps = marketplace?.apps.filter((app) => viewer.installedApps.includes(app)) ?? [];
  // The fallback is the same tap without the app: it leads to the web page, obeys the same switches, and is the same event, so that a
  // device which takes both counts once.
  const link = isTest
    ? plainLink(placement, apps, asking)
    : { url: clickUrl, ...(apps.length > 0 ? { fallback: addresses([]).clickUrl } : {}) };
  if (!(marketplace && grant && assets && link)) return { impid: imp.id, reason: "kill-switch" };
  return {
    impid: imp.id,
    native,
    deals: limits.deals?.map(({ id }) => id) ?? [],
    offered: {
      decision,
      brand,
      grant: grant.id,
      season: season.id,
      phase,
      campaign: campaign.id,
      card: card.id,
      template: card.template,
      marketplaceDomain: marketplace.domain,
      assets,
      link,
      impressionUrl: isTest ? null : impressionUrl,
      monitoring: isTest || !card.monitoring ? NOBODY_TOLD : monitoringLinks(card.monitoring, macrosFor(placement, decision, 0, deps)),
      decidedAt: viewing.at,
      expiresAt,
    },
  };
}

const NOBODY_TOLD: Monitoring = { impression: [], click: [] };

/** Where a tap leads in the end: a test is neither counted nor shown an address that counts. */
function plainLink(
  { season, phase, brand, campaign, card }: Placement,
  apps: readonly string[],
  { deps: { catalogue, domain }, serving: { snapshot, switches }, viewer: { os, hostVersion = "" } }: Asking,
): Link | undefined {
  const { host, surface } = snapshot;
  const marketplace = catalogue.marketplace(season.marketplace);
  if (!marketplace) return undefined;
  const place = { host, surface, season: season.id, phase, brand, campaign: campaign.id, card: card.id };
  const isOpen = (linkKind: LinkKind) => !isStopped(switches, { ...place, linkKind });
  const ground = { marketplace, host: catalogue.host(host), domain };
  const way = (installedApps: readonly string[]) =>
    firstOpen(waysFor(ground, card.destination, { surface, os: os ?? null, hostVersion, installedApps }), isOpen);
  const [best, web] = [way(apps), way([])];
  return best && { url: best.url, ...(web && web.id !== best.id ? { fallback: web.url } : {}) };
}
