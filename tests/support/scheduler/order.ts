import type { Phase, Season } from "../../../lib/domain/season.ts";
import type { Instant } from "../../../lib/domain/window.ts";
import { seeded, shuffled } from "../../../scripts/local/seeded.ts";
import { season } from "../samples.ts";

/** Every way in which ticks go wrong, and all of them at once. */
export const KINDS = [
  "missing",
  "doubled",
  "72 h late",
  "reversed",
  "two in parallel",
  "killed between turns",
  "response lost",
  "cannot publish",
  "everything",
] as const;
export type Kind = (typeof KINDS)[number];

/** One tick: what the clock says when it comes, and what becomes of it. */
export interface PlannedTick {
  readonly at: Instant;
  /** Before or after which of its writes it is killed; null when it comes to its end. */
  readonly killed: { readonly write: number; readonly when: "before" | "after" } | null;
  readonly canPublish: boolean;
}

/** A season, and the ticks it meets: wave after wave, those of a wave at once. */
export interface Order {
  readonly number: number;
  readonly kind: Kind;
  readonly season: Season;
  readonly waves: readonly (readonly PlannedTick[])[];
  /** Whether the ticks' writes meet faults between them and the store. */
  readonly isFaulty: boolean;
}

const HOUR_MS = 3_600_000;
export const LATE_MS = 72 * HOUR_MS;
const BASE: Instant = Date.parse("2024-05-20T12:00:00Z");

/** The order of this number under the seed, the same each time. */
export function orderOf(seed: number, number: number): Order {
  const random = seeded(seed * 1_000_003 + number);
  const kind = KINDS[number % KINDS.length] ?? "everything";
  const planned = seasonOf(`s-${number}`, random);
  const is = (each: Kind) => kind === each || (kind === "everything" && random() < 0.5);

  let ats = minutes(planned, random);
  if (is("missing")) ats = ats.filter(() => random() < 0.4);
  if (is("doubled")) ats = ats.flatMap((at) => Array.from({ length: 1 + draw(random, 3) }, () => at));
  if (is("72 h late")) ats = late(planned, ats, random);
  if (is("reversed")) ats = random() < 0.5 ? ats.reverse() : shuffled(ats, random);
  const [mayDie, mayFail] = [is("killed between turns"), is("cannot publish")];
  const ticks = ats.map(
    (at): PlannedTick => ({
      at,
      killed: mayDie && random() < 0.7 ? { write: draw(random, 3), when: random() < 0.5 ? "before" : "after" } : null,
      canPublish: !(mayFail && random() < 0.7),
    }),
  );
  const waves = is("two in parallel") ? together(ticks, random) : ticks.map((tick) => [tick]);
  return { number, kind, season: planned, waves, isFaulty: is("response lost") };
}

const draw = (random: () => number, below: number): number => Math.floor(random() * below);

/** One to three phases at odd milliseconds, some with a gap ahead of them. */
function seasonOf(id: string, random: () => number): Season {
  const phases: Phase[] = [];
  let from = BASE + draw(random, 24 * HOUR_MS);
  for (let n = 0; n <= draw(random, 3); n++) {
    const gap = n > 0 && random() < 0.5 ? 1 + draw(random, HOUR_MS) : 0;
    const opensAt = from + gap;
    from = opensAt + 1_001 + draw(random, 48 * HOUR_MS);
    phases.push({ id: `phase-${n}`, names: season().names, opensAt, closesAt: from, ...(gap > 0 ? { afterGap: true } : {}) });
  }
  const opens = phases[0]?.opensAt ?? BASE;
  const clickGraceEnds = from + draw(random, HOUR_MS);
  return season({
    id,
    phases: phases as unknown as Season["phases"],
    instants: {
      applicationsClose: opens,
      whitelistFreeze: opens,
      opens,
      finalPhase: phases.at(-1)?.opensAt ?? opens,
      closes: from,
      clickGraceEnds,
      reportFinal: clickGraceEnds + draw(random, HOUR_MS),
    },
  });
}

/** A few of the minutes' ticks, on time, near what there is to turn. */
function minutes({ instants: { opens, closes, reportFinal } }: Season, random: () => number): Instant[] {
  const near = (at: Instant) => [at - 60_000, at - 1, at, at + 1, at + draw(random, 60_000)].filter(() => random() < 0.3);
  return [...near(opens), ...near(closes), ...near(reportFinal)];
}

/** Nothing for 72 hours from one of the turns on, or nothing at all before that. */
function late({ instants: { opens, closes, reportFinal } }: Season, ats: readonly Instant[], random: () => number): Instant[] {
  const from = [opens, closes, reportFinal][draw(random, 3)] ?? opens;
  const before = random() < 0.5 ? [] : ats.filter((at) => at < from);
  return [...before, from + LATE_MS, ...ats.filter((at) => at > from + LATE_MS)];
}

/** Two or three at a time. */
function together(ticks: readonly PlannedTick[], random: () => number): PlannedTick[][] {
  const left = [...ticks];
  const waves: PlannedTick[][] = [];
  while (left.length > 0) waves.push(left.splice(0, 2 + draw(random, 2)));
  return waves;
}
