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
  readonly destination: Destination;
  readonly installedApps: readonly string[];
  /** What the viewer's phone runs; null when the host did not say. */
  readonly os: System | null;
  /** The host app's, as dotted numbers; empty when it did not say. */
  readonly hostVersion: string;
  /** Out of which its impression was reserved; empty where nothing is capped. */
  readonly lease: string;
}

export type EventKind = "impression" | "click";

/** Why an event is recorded and yet not counted as valid. */
export type InvalidReason = "no-impression";

/** One impression or click. The row put under (`decision`, `slot`, `kind`) is the truth; tallies are folded from it. */
export interface DeliveryEvent extends Omit<Placed, "destination" | "installedApps"> {
  readonly kind: EventKind;
  readonly at: Instant;
  /** The link form a click was sent to; null for an impression. */
  readonly link: string | null;
  readonly invalid: InvalidReason | null;
}

/** The event of a placement. */
export const delivered = (
  { destination: _destination, installedApps: _apps, ...placed }: Placed,
  outcome: Pick<DeliveryEvent, "kind" | "at" | "link" | "invalid">,
): DeliveryEvent => ({ ...placed, ...outcome });

/** The counter an event adds to: gross = valid + every invalid reason, always. */
export const counterOf = ({ kind, invalid }: Pick<DeliveryEvent, "kind" | "invalid">): string =>
  invalid === null ? `${kind}s` : `invalid-${kind}s:${invalid}`;
