import type { NoAdReason } from "./no-ad.ts";
import { phaseAt } from "./season.ts";
import { type CardReason, reasonsOf, type Serving, standingOf, type Viewing, weighCards } from "./serving.ts";
import type { ServedBrand, ServedSeason } from "./snapshot.ts";
import { GUARD_BAND_MS, type Instant } from "./window.ts";

/** From when on decisions were made from something else: another snapshot, or other switches. */
export interface Moment {
  readonly from: Instant;
  readonly serving: Serving;
}

/** Who is asked about. The season as it is taken to be wherever the snapshot does not hold it. */
export interface Subject {
  readonly season: ServedSeason;
  readonly brand: string;
}

export interface ExplainedCard {
  readonly card: string;
  readonly campaign: string;
  /** Null for one that can be shown. */
  readonly reason: CardReason | "brand-not-eligible" | null;
}

/** Whether a brand is live at an instant, and every reason why not. */
export interface Answer {
  readonly live: boolean;
  readonly phase: string | null;
  readonly reasons: readonly NoAdReason[];
  readonly cards: readonly ExplainedCard[];
}

/** The answer, and the first instant at which it is another one; null when it stays. */
export interface Explanation extends Answer {
  readonly changesAt: Instant | null;
}

/** The moment an instant falls into; the first is taken to have been so ever before. */
export const momentAt = (moments: readonly [Moment, ...Moment[]], at: Instant): Moment =>
  moments.findLast(({ from }) => from <= at) ?? moments[0];

/** Asks the very functions that serve, at `at` and at every later instant at which their answer can change. `moments` in order. */
export function explain(moments: readonly [Moment, ...Moment[]], subject: Subject, at: Instant): Explanation {
  const answerAt = (instant: Instant) => answer(momentAt(moments, instant).serving, subject, instant);
  const found = answerAt(at);
  const same = JSON.stringify(found);
  const later = moments.flatMap(({ from, serving }) => [from, ...boundaries(serving, subject)]).filter((instant) => instant > at);
  const changesAt = later.sort((one, other) => one - other).find((instant) => JSON.stringify(answerAt(instant)) !== same);
  return { ...found, changesAt: changesAt ?? null };
}

function answer(serving: Serving, subject: Subject, at: Instant): Answer {
  const { season, brand } = found(serving, subject);
  const ask: Viewing = { at, apps: null, point: 0 };
  const reasons = reasonsOf(serving, season, brand, ask);
  const { eligible } = standingOf(serving, season, brand, at);
  return {
    live: reasons.length === 0,
    phase: phaseAt(season.phases, at)?.id ?? null,
    reasons,
    cards: weighCards(serving, season, brand, ask).map(({ card, reason }) => ({
      card: card.id,
      campaign: card.campaign,
      reason: eligible ? reason : "brand-not-eligible",
    })),
  };
}

/** Every instant at which a window, a key or a flight of the brand begins or ends, as serving takes it: the guard band applied. */
function boundaries(serving: Serving, subject: Subject): Instant[] {
  const { season, brand } = found(serving, subject);
  const windows = [...season.phases, ...brand.campaigns.flatMap(({ cards }) => cards.map(({ window }) => window))];
  const steps = season.rings.filter((ring) => ring.brand === null || ring.brand === brand.brand).flatMap((ring) => ring.steps);
  const keys = [...brand.grants, ...(brand.attestation ? [brand.attestation] : [])];
  return [
    ...windows.flatMap(({ opensAt, closesAt }) => [opensAt + GUARD_BAND_MS, closesAt - GUARD_BAND_MS]),
    ...steps.map(({ from }) => from),
    ...keys.map(({ expiresAt }) => expiresAt - GUARD_BAND_MS),
  ];
}

/** What the snapshot knows of the subject; a brand it does not know has nothing. */
function found({ snapshot }: Serving, subject: Subject): { readonly season: ServedSeason; readonly brand: ServedBrand } {
  const season = snapshot.seasons.find(({ id }) => id === subject.season.id) ?? subject.season;
  const nothing: ServedBrand = { brand: subject.brand, grants: [], attestation: null, tiers: [], campaigns: [] };
  return { season, brand: season.brands.find(({ brand }) => brand === subject.brand) ?? nothing };
}
