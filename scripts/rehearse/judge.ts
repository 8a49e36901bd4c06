import {
  type BrandRecord,
  type CardRecord,
  GUARD_MS,
  HEARD_WITHIN_MS,
  isOpen,
  type Ledger,
  mayBeStopped,
  mayStand,
  surelyStands,
  surelyStopped,
} from "./ledger.ts";
import type { Findings } from "./promises.ts";
import type { Timetable } from "./timetable.ts";

type Filled = {
  readonly card: { readonly id: string; readonly campaign: string; readonly template: string };
  readonly brand: string;
  readonly season: string;
  readonly phase: string;
  readonly impressionUrl: string;
  readonly clickUrl: string;
  readonly expiresAt: string;
};
type Empty = { readonly noAd: { readonly code: number; readonly reason: string } };
export type Slot = Filled | Empty;

/** A decision as it was answered. */
export interface Answer {
  readonly at: number;
  readonly requestId: string;
  readonly surface: string;
  readonly slots: readonly Slot[];
}

/** Judges every answer by the timetable and by what had been acknowledged, never by asking what is rehearsed. */
export function judge(times: Timetable, ledger: Ledger, { check }: Findings) {
  const windows = new Map(times.phases.map((phase) => [phase.id, phase]));

  /** Whether anything is off that has to be off everywhere by now. */
  const isSomethingOff = (at: number) =>
    [...ledger.removed.values()].some((since) => at - since > HEARD_WITHIN_MS) ||
    [...ledger.switches.values()].some((each) => at - each.thrownAt > HEARD_WITHIN_MS && (each.liftedAt === null || at < each.liftedAt));

  const judgeCard = (slot: Filled, { at, requestId, surface }: Answer) => {
    const phase = slot.season === times.id ? windows.get(slot.phase) : undefined;
    check("window", at, requestId, !(phase && isOpen(phase, at)) && `a card of ${slot.brand} in ${slot.season}, ${slot.phase}`);
    const brand = ledger.brands.get(slot.brand);
    const [given, standing] = [keysOf(brand, slot, () => true), keysOf(brand, slot, (key) => mayStand(key, at))];
    check("removal", at, requestId, given && !standing && `a card of ${slot.brand}, whose key was turned off or had ended`, 0);
    const place = { surface, season: slot.season, phase: slot.phase, brand: slot.brand, card: slot.card.id };
    check("removal", at, requestId, surelyStopped(ledger, place, at) && `a card of ${slot.brand} that a kill switch stops`, 0);
    check("keys", at, requestId, trialShare(times, slot.brand, at) === 0 && `nobody is in the trial of ${slot.brand}`, 0);
    const card = brand?.cards.find(({ id }) => id === slot.card.id);
    check(
      "keys",
      at,
      requestId,
      (!given && `${slot.brand} never had both keys for ${slot.phase} and template ${slot.card.template}`) ||
        (!(card && isApproved(card, at)) && `card ${slot.card.id} of ${slot.brand} was not approved`) ||
        (card?.flight ? !isOpen(card.flight, at) && `card ${slot.card.id} of ${slot.brand} outside its campaign's flight` : false),
    );
  };

  return ({ at, requestId, surface, slots }: Answer) => {
    const answer = { at, requestId, surface, slots };
    const filled = slots.filter((slot): slot is Filled => "card" in slot);
    const phase = times.phases.find((each) => isOpen(each, at));
    for (const slot of filled) judgeCard(slot, answer);
    if (phase && isSomethingOff(at)) check("removal", at, requestId, false);
    if (new Set(filled.map(({ brand }) => brand)).size < filled.length) check("keys", at, requestId, "a brand appears twice in one answer");
    const isDue =
      phase &&
      [...ledger.brands.values()].some(
        (brand) =>
          trialShare(times, brand.id, at) === EVERYBODY && isReady(ledger, brand, { season: times.id, phase: phase.id, surface }, at),
      );
    if (isDue)
      check("served", at, requestId, filled.length === 0 && `no card, though there is a brand that may be shown: ${reasonsIn(slots)}`);
    if (!phase) {
      const code = at >= times.instants.closes - GUARD_MS ? 500 : 501;
      const wrong = slots.some((slot) => !("noAd" in slot) || slot.noAd.code !== code);
      check("reasons", at, requestId, wrong && `outside every window, ${code} was due: ${reasonsIn(slots)}`);
    } else if (slots.some((slot) => "noAd" in slot && (slot.noAd.code === 1 || slot.noAd.code === 500 || slot.noAd.code === 501)))
      check("reasons", at, requestId, `inside ${phase.id}: ${reasonsIn(slots)}`);
  };
}

const reasonsIn = (slots: readonly Slot[]) =>
  slots.map((slot) => ("noAd" in slot ? `${slot.noAd.code} ${slot.noAd.reason}` : "a card")).join(", ");

type Standing = Parameters<typeof mayStand>[0];

/** Whether the brand has, among the keys that `holds`, both that this slot needs. */
function keysOf(brand: BrandRecord | undefined, { phase, card }: Filled, holds: (key: Standing) => boolean): boolean {
  if (!brand) return false;
  const covers = brand.grants.filter(({ phases, templates }) => phases.includes(phase) && templates.includes(card.template));
  return brand.attestations.some(holds) && covers.some(holds);
}

/** Basis points. */
const EVERYBODY = 10_000;

/** The share of viewers that the file lets into the trial of a brand: by the season's ring and by the brand's own. */
const trialShare = ({ rings }: Timetable, brand: string, at: number): number =>
  Math.min(
    EVERYBODY,
    ...rings
      .filter((ring) => ring.brand === null || ring.brand === brand)
      .map(({ steps }) => steps.findLast(({ from }) => from <= at)?.share ?? 0),
  );

const isApproved = ({ approvedAt }: CardRecord, at: number) => approvedAt !== null && approvedAt <= at;

interface Asked {
  readonly season: string;
  readonly phase: string;
  readonly surface: string;
}

/** Whether the brand has to be among those who are drawn: both keys and an approved card, all heard of everywhere, and no switch. */
const isReady = (ledger: Ledger, { id, surface, attestations, grants, cards }: BrandRecord, asked: Asked, at: number): boolean =>
  surface === asked.surface &&
  attestations.some((key) => surelyStands(key, at)) &&
  cards.some(
    (card) =>
      isApproved(card, at - HEARD_WITHIN_MS) &&
      (card.flight === null || isOpen(card.flight, at)) &&
      grants.some((grant) => grant.phases.includes(asked.phase) && grant.templates.includes(card.template) && surelyStands(grant, at)) &&
      !mayBeStopped(ledger, { ...asked, brand: id, card: card.id }, at),
  );
