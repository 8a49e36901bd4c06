import type { SlotAnswer } from "../../domain/decision.ts";
import type { CountedHour, DecisionCount } from "../../domain/decision-count.ts";
import type { Monitoring } from "../../domain/monitoring.ts";
import type { NoAdReason } from "../../domain/no-ad.ts";
import type { Placement } from "../../domain/serving-index.ts";
import type { Profile } from "../../domain/targeting.ts";
import type { Instant, Window } from "../../domain/window.ts";

/** What a host asks: which cards for this viewer now? The viewer's key is not kept. */
export interface DecisionRequest {
  readonly surface: string;
  readonly slots: number;
  readonly viewer: Profile & {
    readonly key: string;
    readonly installedApps: readonly string[];
    /** Where the viewer comes from, by the host's own word for it. Not kept either. */
    readonly network?: string | undefined;
  };
  /** How long the caller waits for the answer. Milliseconds. */
  readonly deadlineMs?: number | undefined;
  /** What the viewer was last shown while scrolling, as the last answer said it (`separation.ts`). */
  readonly session?: string | undefined;
}

/** A card in a slot, and the addresses that count it. */
export interface Placed {
  readonly placement: Placement;
  /** When the impression can no longer be told. */
  readonly expiresAt: Instant;
  readonly impressionUrl: string;
  readonly clickUrl: string;
  /** Others whom the phone tells as well, where the card names any. */
  readonly monitoring?: Monitoring;
}

export interface Decided {
  readonly id: string;
  readonly decidedAt: Instant;
  /** The versions it was made from; null when nothing fresh was to be had. */
  readonly snapshot: number | null;
  readonly switches: number | null;
  /** What the viewer has been shown, for the next request of the same scrolling. */
  readonly session: string;
  readonly slots: readonly (Placed | Extract<SlotAnswer, { noAd: NoAdReason }>)[];
}

/** What instances have counted of their decisions. */
export interface DecisionCountStore {
  /** Writes the instance's row of the hour, unless there is one with more. Until `keptUntil`, epoch seconds of the machine's clock. @throws Unavailable. */
  keep(counted: CountedHour, keptUntil: number): Promise<void>;
}

/** The same, read. */
export interface CountedDecisions {
  /** Of each instance and hour that begins in the window, in order of the hours. */
  between(surface: string, window: Window): Promise<readonly (DecisionCount & { readonly hour: Instant })[]>;
}
