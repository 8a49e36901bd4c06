import type { ViewerCounts } from "../../domain/frequency-cap.ts";
import type { CountedLease, Lease, Refund, Reserved } from "../../domain/lease.ts";
import type { Allowance } from "../../domain/pacing.ts";
import type { Instant } from "../../domain/window.ts";

/** What campaigns' caps are taken from. Each verb @throws Unavailable; what it did is then not known, and harms nobody. */
export interface LeaseStore {
  /** Consistent. */
  reserved(campaign: string, day: Instant): Promise<Reserved>;
  /** Takes the lease, once, unless more would then be reserved than is allowed; false when it would. */
  take(lease: Lease, allowance: Allowance): Promise<boolean>;
}

/** What was taken and not told is given back. */
export interface RefundStore {
  /** Those whose time has come. Consistent. */
  ended(at: Instant): Promise<readonly CountedLease[]>;
  /** All of them once, however often and by however many it is called; false when any has changed meanwhile, and then none. */
  refund(refund: Refund): Promise<boolean>;
}

/** One more of a campaign to a viewer: `before` is what was read. */
export interface Shown {
  readonly campaign: string;
  readonly before: string | undefined;
  readonly after: string;
}

export interface ViewerStore {
  /** Consistent. */
  counts(mark: string): Promise<ViewerCounts>;
  /**
   * Writes all of them, or false when any is not what was read. `by` is of this writing alone, by which it knows itself. After
   * `keptUntil`, epoch seconds of the machine's clock, the store drops what it has of the viewer.
   */
  count(mark: string, shown: readonly Shown[], by: string, keptUntil: number): Promise<boolean>;
}
