import { type Reason, Refusal } from "./refusal.ts";
import type { Instant } from "./window.ts";

/** All viewers. Shares are in basis points. */
export const EVERYBODY = 10_000;

/** From `from` on, the ring holds this share of viewers. */
export interface RingStep {
  readonly from: Instant;
  readonly share: number;
}

/** What a host measures of a season, or of a brand in it. */
export interface Measures {
  /** Per 100,000 impressions. */
  readonly complaints: number | null;
  /** Of the links that were followed, basis points. */
  readonly failingLinks: number | null;
  /** The 99th percentile of a decision. Milliseconds. */
  readonly latencyMs: number | null;
}

/** The share of viewers in trial, of a season or of one brand in it. */
export interface Ring {
  /** Null: the season's own. */
  readonly brand: string | null;
  readonly steps: readonly RingStep[];
  /** A measure above its limit halts the ring; null for no limit. */
  readonly limits: Measures;
}

/** What last happened to a ring. */
export interface RingTurn {
  readonly brand: string | null;
  readonly state: "halted" | "running";
  readonly at: Instant;
  readonly why: string;
}

export interface Rings {
  readonly rings: readonly Ring[];
  /** One for each ring that was ever halted: the latest. */
  readonly ringTurns: readonly RingTurn[];
}

/** The ring's share at `at`: its latest step's, and nobody before the first. A season or brand without a ring is not in trial. */
const shareAt = (ring: Ring | undefined, at: Instant): number =>
  ring ? (ring.steps.findLast(({ from }) => from <= at)?.share ?? 0) : EVERYBODY;

/**
 * The share of viewers to whom the brand may be shown: the season's ring and the brand's own both have to hold them. A halted
 * ring holds nobody until it is resumed, also when a plan without it was published meanwhile.
 */
export const shareOf = ({ rings, ringTurns }: Rings, brand: string, at: Instant): number =>
  Math.min(
    ...[null, brand].map((whose) => {
      const isHalted = ringTurns.some((turn) => turn.brand === whose && turn.state === "halted");
      return isHalted
        ? 0
        : shareAt(
            rings.find((ring) => ring.brand === whose),
            at,
          );
    }),
  );

/**
 * Whether the ring holds a viewer. `point` is where the viewer stands in the season, 0 to 9,999, and stays there: whoever is in
 * a ring is in every wider one, so a ramp takes nobody's cards away again.
 */
export const inRing = (share: number, point: number): boolean => point < share;

/** What a host measured between two instants. */
export interface Signal extends Measures {
  readonly brand: string | null;
  readonly from: Instant;
  readonly until: Instant;
}

const MEASURES = ["complaints", "failingLinks", "latencyMs"] as const satisfies (keyof Measures)[];

/** What of the signal is above its limit. */
const passed = (limits: Measures, signal: Measures): (keyof Measures)[] =>
  MEASURES.filter((name) => (signal[name] ?? 0) > (limits[name] ?? Number.POSITIVE_INFINITY));

/**
 * The ring's turn that the signal asks for; undefined for none. What was measured before the ring last turned is of another
 * time: it would halt again what people have just looked at.
 */
export function haltBy({ rings, ringTurns }: Rings, signal: Signal, at: Instant): RingTurn | undefined {
  const ring = rings.find(({ brand }) => brand === signal.brand);
  const last = ringTurns.find(({ brand }) => brand === signal.brand);
  if (!ring || last?.state === "halted" || (last && signal.from < last.at)) return undefined;
  const reasons = passed(ring.limits, signal);
  if (reasons.length === 0) return undefined;
  const why = reasons.map((name) => `${name} ${signal[name]} is above ${ring.limits[name]}`).join(", ");
  return { brand: ring.brand, state: "halted", at, why };
}

/**
 * The turn that resumes a halted ring: it holds again what its steps say then. @throws Refusal `wrong-state` when it is not halted.
 */
export function resumed({ ringTurns }: Pick<Rings, "ringTurns">, brand: string | null, at: Instant, why: string): RingTurn {
  if (!ringTurns.some((turn) => turn.brand === brand && turn.state === "halted"))
    throw new Refusal("wrong-state", [{ code: "ring-not-halted", field: "/brand", detail: "This ring is not halted." }]);
  return { brand, state: "running", at, why };
}

/** The turns with a new one in its ring's place. */
export const ringTurned = (turns: readonly RingTurn[], turn: RingTurn): readonly RingTurn[] => [
  ...turns.filter(({ brand }) => brand !== turn.brand),
  turn,
];

/** Each ring once, its steps in order. */
export function ringFaults(rings: readonly Ring[]): Reason[] {
  return rings.flatMap(({ brand, steps }, index) => {
    const faults: Reason[] = [];
    if (rings.findIndex((other) => other.brand === brand) !== index)
      faults.push({ code: "ring-repeated", field: `/rings/${index}/brand`, detail: "The season, and each brand, has one ring." });
    steps.forEach(({ from }, step) => {
      if (from <= (steps[step - 1]?.from ?? Number.NEGATIVE_INFINITY))
        faults.push({ code: "steps-out-of-order", field: `/rings/${index}/steps/${step}/from`, detail: "Each step comes after the last." });
    });
    return faults;
  });
}
