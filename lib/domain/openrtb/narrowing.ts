import { type Ask, decide, grantFor, type Serving } from "../decision.ts";
import type { Marketplace } from "../destination.ts";
import { phaseAt } from "../season.ts";
import type { ServedBrand, ServedCard, ServedSeason, Snapshot } from "../snapshot.ts";
import type { Instant } from "../window.ts";
import type { BidAsk, DealAsk, NativeAsk } from "./ask.ts";
import { fill, type Material } from "./assets.ts";
import type { NoBidReason } from "./no-bid.ts";

/** A snapshot with less in it, and why. */
export interface Step {
  readonly snapshot: Snapshot;
  readonly reason: NoBidReason;
  /** It left those that were asked for by name: why they cannot be shown says more than that others may not be. */
  readonly names: boolean;
}

/** What narrows whom an impression may be filled with. */
export interface Limits extends Pick<BidAsk, "wseat" | "bseat" | "badv"> {
  readonly native: NativeAsk;
  /** Only these; undefined for anybody. */
  readonly deals: readonly DealAsk[] | undefined;
  /** Brands that another impression of the request has. */
  readonly taken: ReadonlySet<string>;
  readonly at: Instant;
  readonly marketplace: (id: string) => Marketplace | undefined;
}

type Keep = (brand: ServedBrand, season: ServedSeason) => ServedBrand | undefined;

/**
 * What may be shown for an impression, narrowed step by step; the last is what is decided from. Each keeps the snapshot's
 * form, so that permission stays `eligible`'s and the choice `decide`'s.
 */
export function narrowed(whole: Snapshot, limits: Limits): readonly [Step, ...Step[]] {
  const first: Step = { snapshot: whole, reason: "season-closed", names: true };
  const steps: [Step, ...Step[]] = [first];
  const narrow = (reason: NoBidReason, names: boolean, keep: Keep) => {
    const { surface, seasons } = (steps.at(-1) ?? first).snapshot;
    const left = seasons.map((season) => ({ ...season, brands: season.brands.flatMap((brand) => keep(brand, season) ?? []) }));
    steps.push({ snapshot: { surface, seasons: left }, reason, names });
  };
  const { wseat, bseat = [], badv = [], deals, native, taken } = limits;
  const domainOf = ({ marketplace }: ServedSeason) => limits.marketplace(marketplace)?.domain ?? "";
  narrow("advertiser-blocked", true, (brand, season) => (isOf(domainOf(season), badv) ? undefined : brand));
  narrow("seat-excluded", true, (brand) => ((wseat && !wseat.includes(brand.brand)) || bseat.includes(brand.brand) ? undefined : brand));
  if (deals) narrow("deal-unknown", true, (brand, season) => underDeals(brand, deals, domainOf(season)));
  narrow("assets-unfillable", false, (brand, season) =>
    withCards(brand, (card) => fill(native.assets, materialOf(card, brand, season, limits)) !== undefined),
  );
  narrow("slots-exceed-brands", false, (brand) => (taken.has(brand.brand) ? undefined : brand));
  return steps;
}

/** A brand by those of its grants that a deal names, on that deal's own terms. */
function underDeals(brand: ServedBrand, deals: readonly DealAsk[], domain: string): ServedBrand | undefined {
  const mine = deals.filter(({ wseat, wadomain }) => (!wseat || wseat.includes(brand.brand)) && (!wadomain || isOf(domain, wadomain)));
  const grants = brand.grants.filter(({ id }) => mine.some((deal) => deal.id === id));
  return grants.length > 0 ? { ...brand, grants } : undefined;
}

function withCards(brand: ServedBrand, fits: (card: ServedCard) => boolean): ServedBrand | undefined {
  const campaigns = brand.campaigns.map((campaign) => ({ ...campaign, cards: campaign.cards.filter(fits) }));
  return campaigns.some(({ cards }) => cards.length > 0) ? { ...brand, campaigns } : undefined;
}

/** What the card's assets are filled from, when it is shown at `at`. */
export function materialOf(
  card: ServedCard,
  { grants }: Pick<ServedBrand, "grants">,
  season: ServedSeason,
  { at, marketplace }: Pick<Limits, "at" | "marketplace">,
): Material {
  const phase = phaseAt(season.phases, at)?.id ?? "";
  return {
    card,
    // The cards are in the surface's language, which so far is Chinese.
    sponsor: grantFor(grants, { phase, template: card.template }, at)?.names?.zh,
    seasonTag: season.names?.zh,
    marketplaceDomain: marketplace(season.marketplace)?.domain ?? "",
  };
}

/** Whether the domain is one of these, or under one. */
const isOf = (domain: string, those: readonly string[]) =>
  those.some((each) => `.${domain.toLowerCase()}`.endsWith(`.${each.toLowerCase()}`));

/** The first step that left nothing to show, as the reason it is; undefined when none did. */
export function whyNarrowed(steps: readonly Step[], serving: Omit<Serving, "snapshot">, ask: Omit<Ask, "slots">): NoBidReason | undefined {
  for (const { snapshot, reason, names } of steps) {
    const [answer] = decide({ ...serving, snapshot }, { ...ask, slots: 1 }, () => 0);
    const isEmpty = snapshot.seasons.every(({ brands }) => brands.length === 0);
    if (answer && "noAd" in answer) return names && (!isEmpty || snapshot === steps[0]?.snapshot) ? answer.noAd : reason;
  }
  return undefined;
}
