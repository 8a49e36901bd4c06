import type { Destination } from "./destination.ts";
import type { System } from "./targeting.ts";
import type { Instant } from "./window.ts";

/** What a signed impression or click address carries. It says what was placed where, and nothing of who saw it. */
export interface Placed {
  readonly decision: string;
  readonly slot: number;
  readonly surface: string;
  readonly season: string;
  readonly phase: string;
  readonly brand: string;
  readonly campaign: string;
  readonly card: string;
  readonly marketplace: string;
  /** When its season closes: what is told from then on is late. */
  readonly seasonCloses: Instant;
  readonly destination: Destination;
  readonly installedApps: readonly string[];
  /** What the viewer's phone runs; null when the host did not say. */
  readonly os: System | null;
  /** The host app's, as dotted numbers; empty when it did not say. */
  readonly hostVersion: string;
  /** Out of which its impression was reserved; empty where nothing is capped. */
  readonly lease: string;
}

/** What a card does in view of its impression's address: begins to render, is seen (50 % for 1 s), is seen shorter, as the feed measures. */
export const SHOWINGS = ["impression", "viewable", "sub-second"] as const;
export type Showing = (typeof SHOWINGS)[number];

export const EVENT_KINDS = [...SHOWINGS, "click", "outcome"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What became of a tap that was sent on: the app opened, the web page was taken, neither was heard of. */
export const OUTCOMES = ["opened-app", "fell-to-web", "lost"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why an event is recorded and yet not counted as valid. */
export const INVALID_REASONS = [
  // A click without its impression.
  "no-impression",
  // Invalid traffic, as `traffic.ts` knows it.
  "bot",
  "no-agent",
  "agent-mismatch",
  "data-centre",
  "too-fast",
  "too-many",
] as const;
export type InvalidReason = (typeof INVALID_REASONS)[number];

/** One thing that happened to a placed card. The row put under (`decision`, `slot`, `kind`) is the truth; tallies are folded from it. */
export interface DeliveryEvent extends Omit<Placed, "destination" | "installedApps" | "seasonCloses"> {
  readonly kind: EventKind;
  readonly at: Instant;
  /** The link form a click was sent to, and an outcome is of; null otherwise, or where it is not known. */
  readonly link: string | null;
  /** Null but for an outcome. */
  readonly outcome: Outcome | null;
  /** Told after the season's close, before its grace ended. */
  readonly late: boolean;
  readonly invalid: InvalidReason | null;
}

/** What became of one event of a batch. `send-again`: in another batch, which has fewer minutes of decisions in it. */
export const BATCH_ANSWERS = ["counted", "duplicate", "token-invalid", "token-expired", "time-impossible", "send-again"] as const;
export type BatchAnswer = (typeof BATCH_ANSWERS)[number];

/** What an event says beside what was placed; what is left out is null, and late follows from the season's close. */
export type Happening = Pick<DeliveryEvent, "kind" | "at"> & Partial<Pick<DeliveryEvent, "link" | "outcome" | "late" | "invalid">>;

/** The event of a placement. */
export const delivered = (
  { destination: _destination, installedApps: _apps, seasonCloses, ...placed }: Placed,
  { kind, at, link = null, outcome = null, late = at >= seasonCloses, invalid = null }: Happening,
): DeliveryEvent => ({ ...placed, kind, at, link, outcome, late, invalid });
