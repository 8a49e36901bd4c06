import { HOUR_MS, type Instant } from "./window.ts";

/** What was answered on a surface within an hour, by one instance or by all. */
export interface DecisionCount {
  /** Requests that were answered; of OpenRTB each impression is one. */
  readonly decisions: number;
  /** Slots with a card in them. */
  readonly cards: number;
  /** Slots without, by reason: those of `NO_AD`, and of OpenRTB those of `NO_BID`. */
  readonly noAds: Readonly<Record<string, number>>;
}

/** The counts of one instance in one hour: whoever writes it again, writes more. */
export interface CountedHour extends DecisionCount {
  readonly surface: string;
  /** When the hour begins. */
  readonly hour: Instant;
  /** Tells the instance's row from all others. */
  readonly nonce: string;
}

/** When the hour of the instant begins. Whole hours of UTC: zones that are half an hour off have none of their own. */
export const startOfHour = (at: Instant): Instant => Math.floor(at / HOUR_MS) * HOUR_MS;
