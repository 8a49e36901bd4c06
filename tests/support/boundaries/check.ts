import { isPermittedAt, shownAt, snapshotOf } from "../one-brand.ts";
import { BOUNDARIES, judge, SKEWS } from "./expected.ts";
import { plannedSeasons } from "./seasons.ts";

const REACH_MS = 2_000;
/** Looked at whatever the step: the guard band's ends, and where a card has to be shown at the latest. */
const ALWAYS = [0, 1, 249, 250, 251, 499, 500, 501].flatMap((ms) => [-ms, ms]);
const MOST_TOLD = 10;

export interface Checked {
  /** The process's own zone. */
  readonly zone: string;
  readonly boundaries: number;
  /** True instants, each looked at by as many clocks as there are skews. */
  readonly instants: number;
  readonly answers: number;
  readonly inside: number;
  readonly violations: number;
  /** The first few, in words. */
  readonly told: readonly string[];
}

/** Looks at every boundary at every `stepMs` over two seconds either way, through what serves and through what permits. */
export async function checkBoundaries(stepMs: number): Promise<Checked> {
  const surface = "moments";
  const snapshot = await snapshotOf(plannedSeasons(surface), surface);
  const served = new Map(snapshot.seasons.map((season) => [season.id, season]));
  const told: string[] = [];
  let [instants, answers, inside, violations] = [0, 0, 0, 0];
  const wrong = (what: string, boundary: (typeof BOUNDARIES)[number], offset: number, skew: number) => {
    violations++;
    if (told.length < MOST_TOLD)
      told.push(`${what}, ${offset} ms from where ${boundary.season} ${boundary.phase} ${boundary.edge}, clock off by ${skew} ms`);
  };

  for (const boundary of BOUNDARIES) {
    const season = served.get(boundary.season);
    for (const offset of offsets(stepMs)) {
      instants++;
      for (const skew of SKEWS) {
        answers++;
        const [trueMs, clockMs] = [boundary.at + offset, boundary.at + offset + skew];
        const shown = shownAt(snapshot, clockMs);
        const found = judge(trueMs, shown);
        if (found.isInside) inside++;
        if (found.wrong) wrong(found.wrong, boundary, offset, skew);
        const isPermitted = season !== undefined && isPermittedAt(snapshot, season, clockMs);
        if (isPermitted !== (shown !== undefined))
          wrong(isPermitted ? "permitted and not shown" : "shown and not permitted", boundary, offset, skew);
      }
    }
  }
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { zone, boundaries: BOUNDARIES.length, instants, answers, inside, violations, told };
}

function offsets(stepMs: number): readonly number[] {
  const steps = Array.from({ length: Math.floor((2 * REACH_MS) / stepMs) + 1 }, (_, n) => n * stepMs - REACH_MS);
  return [...new Set([...steps, ...ALWAYS])].sort((one, other) => one - other);
}
