import { base36 } from "./base-36.ts";
import { type Ask, decide, type Holds, type SlotAnswer } from "./decision.ts";
import type { Signer } from "./event-token.ts";
import { type Held, readHeld, writeHeld } from "./held.ts";
import { drawnFrom, type Seed } from "./random.ts";
import { Refusal } from "./refusal.ts";
import type { Live } from "./serving-index.ts";
import type { Instant } from "./window.ts";

/** All that a decision was made from. Nothing of who it was made for. */
export interface DecisionFacts extends Ask {
  readonly surface: string;
  readonly seed: Seed;
  /** Only where a switch on links made them matter. */
  readonly apps: readonly string[];
  /** The version under which the snapshot was first published, and that of the board of switches; null when nothing fresh was to be had. */
  readonly versions: { readonly snapshot: number; readonly switches: number } | null;
  /** Ordinals of the snapshot's keys that marks held back (`key-mark.ts`); null when they were more than an id says. */
  readonly withheld: readonly number[] | null;
  /** What was drawn and held back from the viewer; null when that was more than an id says. */
  readonly held: Held | null;
}

/** Which way of deciding, and of writing the facts down: raised when the same facts would no longer give the same answer. */
const FORM = "v3";
/** Longer than this is not ours. Characters. */
const LONGEST_ID = 768;
const NOTHING = "-";
/** Four characters each at most, while a surface has fewer than 1.6 million keys. */
const MOST_WITHHELD = 40;
/** Nine characters each at most, while a surface has fewer than 46,656 brands of 46,656 campaigns. */
const MOST_HELD = 20;

/**
 * `dec_v3.<at>.<surface>.<snapshot>.<switches>.<slots>.<seed>.<seed>.<point>.<apps>.<withheld>.<held>.<key id>.<signature>`, numbers to base
 * 36, so that a decision is told again from its id alone and nothing is written when it is made.
 */
export function mintDecisionId(signer: Signer, facts: DecisionFacts): string {
  const { at, surface, versions, slots, seed, point, apps, withheld, held } = facts;
  const made = versions ? `${base36(versions.snapshot)}.${base36(versions.switches)}` : `${NOTHING}.${NOTHING}`;
  const drawn = `${base36(slots)}.${base36(seed[0])}.${base36(seed[1])}.${base36(point)}`;
  const kept = withheld && withheld.length <= MOST_WITHHELD ? listed(withheld) : NOTHING;
  const back = held && held.size <= MOST_HELD ? writeHeld(held) : NOTHING;
  const head = `dec_${FORM}.${base36(at)}.${surface}.${made}.${drawn}.${apps.join("~")}.${kept}.${back}.${signer.keyId}`;
  return `${head}.${signer.sign(head)}`;
}

/** @throws Refusal `not-found`: not ours, altered, or of an earlier form. */
export function openDecisionId(signer: Signer, id: string): DecisionFacts {
  const [form, at, surface, snapshot, switches, slots, one, other, point, apps, withheld, held, keyId, signature, ...rest] =
    id.length > LONGEST_ID ? [] : id.split(".");
  const head = id.slice(0, id.lastIndexOf("."));
  const whole = form === `dec_${FORM}` && keyId && signature && rest.length === 0 && signer.verify(keyId, head, signature);
  // Only text we signed comes further, so its parts are there and are what we wrote.
  if (!whole) throw new Refusal("not-found");
  return {
    at: number(at),
    surface: String(surface),
    versions: snapshot === NOTHING ? null : { snapshot: number(snapshot), switches: number(switches) },
    slots: number(slots),
    seed: [number(one), number(other)],
    point: number(point),
    apps: apps ? apps.split("~") : [],
    withheld: withheld === NOTHING ? null : withheld ? withheld.split("~").map(number) : [],
    held: held === NOTHING ? null : readHeld(held ?? ""),
  };
}

/** When a decision was made, by its id, which whoever holds it has verified. 0 for an id of another form. */
export function decidedAt(id: string): Instant {
  const [, at] = id.split(".");
  return number(at) || 0;
}

/** What is answered to these facts by what is live then: the same each time. Where nothing fresh is to be had there is no ad. */
export const answersOf = (facts: DecisionFacts, live: Live | undefined, holds: Holds): readonly SlotAnswer[] =>
  live
    ? decide(live, { slots: facts.slots, at: facts.at, apps: facts.apps, point: facts.point, holds }, drawnFrom(facts.seed))
    : Array.from({ length: facts.slots }, () => ({ noAd: "technical-error" }));

const listed = (numbers: readonly number[]): string => (numbers.length === 0 ? "" : numbers.map(base36).join("~"));
const number = (text = ""): number => Number.parseInt(text, 36);
