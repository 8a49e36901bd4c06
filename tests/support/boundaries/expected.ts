import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** What has to be so, by nothing but whole numbers from instants.json: no part of the code under test is asked. */

export interface Window {
  readonly season: string;
  readonly phase: string;
  readonly opensMs: number;
  readonly closesMs: number;
}

interface Instants {
  readonly seasons: readonly {
    readonly season: string;
    readonly phases: readonly { readonly id: string; readonly opensMs: number; readonly closesMs: number }[];
  }[];
}

const WINDOWS: readonly Window[] = (
  JSON.parse(readFileSync(resolve(import.meta.dirname, "instants.json"), "utf8")) as Instants
).seasons.flatMap(({ season, phases }) => phases.map(({ id, opensMs, closesMs }) => ({ season, phase: id, opensMs, closesMs })));

/** Every edge of every window. */
export const BOUNDARIES: readonly (Window & { readonly edge: "opens" | "closes"; readonly at: number })[] = WINDOWS.flatMap((window) => [
  { ...window, edge: "opens" as const, at: window.opensMs },
  { ...window, edge: "closes" as const, at: window.closesMs },
]);

/** How far instances' clocks may be off, either way. */
export const SKEWS = [-250, 0, 250] as const;
/** From here on inside a window a card has to be shown, however the clock is off. */
const WELL_INSIDE_MS = 500;

export interface Found {
  readonly isInside: boolean;
  /** What is wrong with showing this, or nothing, at that true time; undefined when nothing is. */
  readonly wrong: string | undefined;
}

/** Judges by the true time what an instance showed, whatever its own clock said. */
export function judge(trueMs: number, shown: { readonly season: string; readonly phase: string } | undefined): Found {
  const window = WINDOWS.find(({ opensMs, closesMs }) => opensMs <= trueMs && trueMs < closesMs);
  if (shown) {
    const isRight = window?.season === shown.season && window.phase === shown.phase;
    return { isInside: isRight, wrong: isRight ? undefined : `a card of ${shown.season} ${shown.phase} outside its window` };
  }
  const isDue = window && trueMs >= window.opensMs + WELL_INSIDE_MS && trueMs < window.closesMs - WELL_INSIDE_MS;
  return { isInside: false, wrong: isDue ? `no card well inside ${window.season} ${window.phase}` : undefined };
}
