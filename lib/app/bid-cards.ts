import { type Ask, appsThatMatter, pointThatMatters } from "../domain/decision.ts";
import type { Placed } from "../domain/delivery-event.ts";
import { type LinkKind, type Marketplace, route } from "../domain/destination.ts";
import { mintToken, openToken } from "../domain/event-token.ts";
import { isStopped } from "../domain/kill-switch.ts";
import type { BidAsk, DealAsk, ImpAsk, NativeAsk } from "../domain/openrtb/ask.ts";
import { fill } from "../domain/openrtb/assets.ts";
import { type Limits, materialOf, narrowed, type Step, whyNarrowed } from "../domain/openrtb/narrowing.ts";
import type { NoBidReason } from "../domain/openrtb/no-bid.ts";
import { bidResponse, isMeasurable, type Link, type Offered, type OurResponse, type Outcome } from "../domain/openrtb/response.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Surface } from "../domain/surface.ts";
import { decideCards, servingOf } from "./decide-cards.ts";
import type { Confirmed } from "./fresh-snapshot.ts";
import type { Call } from "./ports/call.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Catalogue } from "./ports/world.ts";

/** Of what an exchange allows, the network takes most; with less than this there is no time to look anything up. Milliseconds. */
const LEAST_TMAX_MS = 50;

type Deps = Parameters<typeof decideCards>[0];
type BidCall = Call<{ surface: string }, unknown, BidAsk>;
type Decided = Awaited<ReturnType<ReturnType<typeof decideCards>>>;
type Filled = Extract<Decided["slots"][number], { clickUrl: string }>;

/** What answers to all impressions of a request are made from. */
interface Asking {
  readonly deps: Deps;
  readonly call: BidCall;
  readonly surface: Surface;
  readonly confirmed: Confirmed;
  readonly viewer: { readonly key: string; readonly installedApps: readonly string[] };
}

/** An impression that can be filled, and from whom. */
interface Fillable {
  readonly imp: ImpAsk;
  readonly native: NativeAsk;
  /** Each way is tried in its turn: under the deals that are named, then under any grant. */
  readonly ways: readonly (readonly DealAsk[] | undefined)[];
}

/**
 * Answers a bid request (OpenRTB 2.6) with cards, or with why there is none, impression by impression: each is a decision of one
 * slot, made by `decideCards` from what of the snapshot the impression may be filled with. No brand appears twice.
 * @throws Refusal `not-found` when the surface is not the caller's.
 */
export const bidCards =
  (deps: Deps) =>
  async (call: BidCall): Promise<OurResponse> => {
    const { params, body: ask, user } = call;
    const surface = deps.catalogue.surface(params.surface);
    if (surface?.host !== user.tenant) throw new Refusal("not-found");
    const answer = (outcomes: readonly Outcome[]) => bidResponse(ask, outcomes, ({ sha256 }) => `${deps.publicUrl}/images/${sha256}`);
    const none = (reason: NoBidReason) => answer(ask.imp.map(({ id }) => ({ impid: id, reason })));

    if (ask.tmax !== undefined && ask.tmax < LEAST_TMAX_MS) return none("time-too-short");
    const key = ask.user?.id ?? ask.user?.buyeruid;
    if (key === undefined) return none("viewer-unknown");
    const confirmed = await deps.freshSnapshot(surface.id).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
      deps.log("error", "snapshot-unavailable", { surface: surface.id });
      return undefined;
    });
    if (!confirmed) return none("technical-error");
    const viewer = { key, installedApps: appsAllowed(ask, confirmed, deps.catalogue) };
    const asking: Asking = { deps, call, surface, confirmed, viewer };

    const outcomes = new Map<string, Outcome>();
    const fillables: Fillable[] = [];
    for (const imp of ask.imp) {
      const found = fillable(imp, asking);
      if ("ways" in found) fillables.push(found);
      else outcomes.set(imp.id, found);
    }
    const taken = new Set<string>();
    for (const each of inOrderOfChoice(fillables, asking)) {
      const outcome = await fillOne(each, asking, taken);
      if ("offered" in outcome) taken.add(outcome.offered.brand);
      outcomes.set(each.imp.id, outcome);
    }
    return answer(ask.imp.flatMap(({ id }) => outcomes.get(id) ?? []));
  };

/** The viewer's apps but for those that the exchange will have no links to. */
function appsAllowed({ device, bapp = [] }: BidAsk, { snapshot }: Confirmed, { marketplace }: Catalogue): readonly string[] {
  const storeIds = snapshot.seasons.map((season) => marketplace(season.marketplace)?.appStoreIds ?? {});
  return (device?.ext?.installedApps ?? []).filter((app) => !storeIds.some((of) => of[app]?.some((id) => bapp.includes(id))));
}

/** What of an impression keeps it from being filled, whoever there is to fill it; or the ways to fill it. */
function fillable(imp: ImpAsk, { deps, surface }: Asking): Fillable | Extract<Outcome, { reason: NoBidReason }> {
  const no = (reason: NoBidReason) => ({ impid: imp.id, reason });
  const { native, pmp, bidfloor = 0, exp = 0, secure = 0 } = imp;
  if (!native) return no("not-native");
  if ("faults" in native.request) return { ...no("native-malformed"), errors: native.request.faults };
  if (!isMeasurable(native.request.value)) return no("impressions-unmeasurable");
  if (exp > surface.impressionTokenSeconds) return no("expires-too-soon");
  if (secure === 1 && !deps.publicUrl.startsWith("https:")) return no("not-secure");
  const { deals = [], private_auction: isPrivate = 0 } = pmp ?? {};
  const free = deals.filter((deal) => (deal.bidfloor ?? 0) <= 0);
  const ways = [...(free.length > 0 ? [free] : []), ...(isPrivate === 1 || bidfloor > 0 ? [] : [undefined])];
  if (ways.length > 0) return { imp, native: native.request.value, ways };
  return no(isPrivate === 1 && deals.length === 0 ? "deal-unknown" : "floor-above-zero");
}

/** Whoever can be filled by few comes first, so that nobody takes from them what they could do without. */
function inOrderOfChoice(fillables: readonly Fillable[], asking: Asking): readonly Fillable[] {
  const choice = ({ native, ways: [first] }: Fillable) =>
    lastOf(narrowed(asking.confirmed.snapshot, limitsOf(asking, native, first, new Set()))).seasons.reduce(
      (all, { brands }) => all + brands.length,
      0,
    );
  return fillables
    .map((each) => ({ each, choice: choice(each) }))
    .sort((one, other) => one.choice - other.choice)
    .map(({ each }) => each);
}

const lastOf = (steps: readonly [Step, ...Step[]]) => (steps.at(-1) ?? steps[0]).snapshot;

const limitsOf = (
  { deps, call: { body } }: Asking,
  native: NativeAsk,
  deals: readonly DealAsk[] | undefined,
  taken: ReadonlySet<string>,
): Limits => ({ ...body, native, deals, taken, at: deps.now(), marketplace: deps.catalogue.marketplace });

async function fillOne({ imp, native, ways }: Fillable, asking: Asking, taken: ReadonlySet<string>): Promise<Outcome> {
  let reason: NoBidReason = "technical-error";
  for (const deals of ways) {
    const limits = limitsOf(asking, native, deals, taken);
    const steps = narrowed(asking.confirmed.snapshot, limits);
    const decided = await decideFrom(lastOf(steps), asking);
    const [slot] = decided.slots;
    if (slot && "clickUrl" in slot) {
      const offered = offer(slot, decided, native, asking);
      return offered
        ? { impid: imp.id, native, deals: deals?.map(({ id }) => id) ?? [], offered }
        : { impid: imp.id, reason: "kill-switch" };
    }
    if (slot) reason = whyNone(steps, asking, limits) ?? slot.noAd.reason;
  }
  return { impid: imp.id, reason };
}

/** A decision of one slot, from less than there is. */
const decideFrom = (snapshot: Confirmed["snapshot"], { deps, call, surface, confirmed, viewer }: Asking): Promise<Decided> =>
  decideCards({ ...deps, freshSnapshot: async () => ({ ...confirmed, snapshot }) })({
    ...call,
    body: { surface: surface.id, slots: 1, viewer },
  });

function whyNone(steps: readonly Step[], { deps, surface, confirmed, viewer }: Asking, { at }: Limits): NoBidReason | undefined {
  const serving = servingOf(surface, confirmed.snapshot, confirmed.board.live, deps.catalogue);
  const asked: Omit<Ask, "slots"> = {
    at,
    apps: appsThatMatter(serving, viewer.installedApps),
    point: pointThatMatters(serving, at, (season) => deps.pointOf(season, viewer.key)),
  };
  return whyNarrowed(steps, serving, asked);
}

/** What is told of a card; undefined when a switch has stopped every way to where it leads. */
function offer(slot: Filled, { id, decidedAt }: Decided, native: NativeAsk, asking: Asking): Offered | undefined {
  const { deps, call, surface, confirmed } = asking;
  const season = confirmed.snapshot.seasons.find((each) => each.id === slot.season);
  const brand = season?.brands.find((each) => each.brand === slot.brand);
  const marketplace = season && deps.catalogue.marketplace(season.marketplace);
  if (!season || !brand || !marketplace) return undefined;
  const placed = openToken(deps.signer, "click", slot.clickUrl.slice(slot.clickUrl.lastIndexOf("/") + 1), decidedAt);
  const isTest = call.body.test === 1;
  const clicksEnd = Math.min(decidedAt + surface.clickTokenSeconds * 1000, season.instants.clickGraceEnds);
  const link = isTest ? plainLink(placed, marketplace, asking) : countedLink(slot.clickUrl, placed, clicksEnd, asking);
  const assets = fill(
    native.assets,
    materialOf({ ...slot.card, destination: placed.destination }, brand, season, {
      at: decidedAt,
      marketplace: deps.catalogue.marketplace,
    }),
  );
  return (
    link &&
    assets && {
      decision: id,
      brand: slot.brand,
      grant: slot.grant,
      season: slot.season,
      phase: slot.phase,
      campaign: slot.card.campaign,
      card: slot.card.id,
      template: slot.card.template,
      marketplaceDomain: marketplace.domain,
      assets,
      link,
      impressionUrl: isTest ? null : slot.impressionUrl,
      decidedAt,
      expiresAt: slot.expiresAt,
    }
  );
}

/**
 * Our own address, which counts the tap and leads on. Where that may lead into an app, the fallback is the same tap without the
 * app: it leads to the web page, obeys the same switches, and is the same event, so that a device which takes both counts once.
 */
function countedLink(url: string, placed: Placed, ends: number, { deps: { signer, publicUrl } }: Asking): Link {
  if (placed.installedApps.length === 0) return { url };
  return { url, fallback: `${publicUrl}/c/${mintToken(signer, "click", { ...placed, installedApps: [] }, ends)}` };
}

/** Where a tap leads in the end: a test is neither counted nor shown an address that counts. */
function plainLink(placed: Placed, marketplace: Marketplace, { surface, confirmed }: Asking): Link | undefined {
  const isOpen = (linkKind: LinkKind) => !isStopped(confirmed.board.live, { ...placed, host: surface.host, linkKind });
  const way = (apps: readonly string[]) => route(marketplace, placed.destination, apps, isOpen);
  const [best, web] = [way(placed.installedApps), way([])];
  return best && { url: best.url, ...(web && web.id !== best.id ? { fallback: web.url } : {}) };
}
