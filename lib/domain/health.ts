import type { Reason } from "./refusal.ts";
import { nextTurn, type Season, type Turn } from "./season.ts";
import type { Instant } from "./window.ts";

/** The clock ticks and publishes every minute: this much later, two in a row were missed. Milliseconds. */
export const LATE_MS = 180_000;

/** A tick of the season clock that came to its end: when it began by the machine's clock, and what the festival's clock then said. */
export interface Tick {
  readonly at: Instant;
  readonly festivalAt: Instant;
}

/** What is known of the season clock and of what it keeps fresh. */
export interface Vitals {
  /** Undefined while there has been none. */
  readonly lastTick: Tick | undefined;
  /** `publishedAt`: by the machine's clock, or null while there is no snapshot. */
  readonly snapshots: readonly { readonly surface: string; readonly publishedAt: Instant | null }[];
  readonly seasons: readonly Season[];
  /** How many seasons cannot be read. */
  readonly unreadable: number;
}

/** The turn a season waits for. */
export interface Due {
  readonly season: string;
  readonly to: Turn["to"];
  readonly officialAt: Instant;
}

/** What the season clock has still to record at `at`, by the festival's clock. */
export const dueAt = (seasons: readonly Season[], at: Instant): Due[] =>
  seasons.flatMap((season) => {
    const turn = nextTurn(season, at);
    return turn ? [{ season: season.id, to: turn.to, officialAt: turn.officialAt }] : [];
  });

/**
 * Everything that is wrong, each with the element it is about; `now` by the machine's clock. What has not happened yet is as
 * bad as what is too old: nobody can tell a stack that has just begun from one whose clock never will.
 */
export function symptoms({ lastTick, snapshots, seasons, unreadable }: Vitals, now: Instant): Reason[] {
  const found: Reason[] = [];
  if (!lastTick) found.push({ code: "clock-stale", field: "/lastTick", detail: "The season clock has not ticked yet." });
  else if (isLate(lastTick.at, now))
    found.push({ code: "clock-stale", field: "/lastTick", detail: `The season clock last ticked ${seconds(now - lastTick.at)} s ago.` });
  snapshots.forEach(({ surface, publishedAt }, index) => {
    const field = `/snapshots/${index}`;
    if (publishedAt === null)
      found.push({ code: "snapshot-stale", field, detail: `No snapshot of ${surface} has been published yet: nothing is served.` });
    else if (isLate(publishedAt, now))
      found.push({
        code: "snapshot-stale",
        field,
        detail: `The snapshot of ${surface} was last published ${seconds(now - publishedAt)} s ago.`,
      });
  });
  // Due well before the last tick: it was there, and could not record them.
  const missed = lastTick ? dueAt(seasons, lastTick.festivalAt - LATE_MS) : [];
  for (const { season, to } of missed)
    found.push({
      code: "season-overdue",
      field: "/due",
      detail: `${season} should have been recorded as ${to}, and ticks pass without it.`,
    });
  if (unreadable > 0)
    found.push({ code: "season-unreadable", field: "", detail: `Seasons that cannot be read, and so are not served: ${unreadable}.` });
  return found;
}

const isLate = (then: Instant, now: Instant): boolean => now - then > LATE_MS;
const seconds = (ms: number): number => Math.round(ms / 1000);
