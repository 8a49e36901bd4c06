import type { Allowance } from "./pacing.ts";
import type { Instant } from "./window.ts";

/** Impressions that one instance has taken out of a campaign's caps, to show without asking again. */
export interface Lease {
  /** `<when it is refunded>-<nonce>`, base 36: a token that names it says where it lies. */
  readonly id: string;
  readonly campaign: string;
  /** The beginning of the day it was taken out of. */
  readonly day: Instant;
  readonly granted: number;
  /** From here nothing is shown by it. */
  readonly until: Instant;
  /** When what of it was not confirmed is given back. */
  readonly refundAt: Instant;
}

/** A lease, and how many of its impressions were told. */
export interface CountedLease extends Pick<Lease, "id" | "campaign" | "day" | "granted" | "refundAt"> {
  readonly confirmed: number;
}

/** What was ever reserved and not given back. */
export interface Reserved {
  readonly daily: number;
  readonly total: number;
}

/** For how long it may be shown by. */
const LEASE_MS = 60_000;
/** A twentieth of what is left: twenty instances that take and show nothing strand less than two thirds of it, and for minutes. */
const SHARE = 20;
/** No instance shows more in a minute. */
const MOST = 5_000;
/**
 * The last token of a lease has ended by so much when the lease is refunded: clocks differ by a quarter of a second (F24) and an
 * impression that came in time is recorded in seconds, or not at all. Who is later than even this finds no lease, and is not counted.
 */
export const REFUND_MARGIN_MS = 60_000;

/** How many may still be reserved. */
export const roomIn = ({ daily, total }: Allowance, reserved: Reserved): number =>
  Math.max(0, Math.min((daily ?? Number.POSITIVE_INFINITY) - reserved.daily, (total ?? Number.POSITIVE_INFINITY) - reserved.total));

/** A part of `room`, which is at least 1. `nonce`: no two leases have the same. */
export function leaseOf(
  room: number,
  {
    campaign,
    day,
    at,
    impressionTokenSeconds,
    nonce,
  }: Pick<Lease, "campaign"> & Pick<Allowance, "day"> & { at: Instant; impressionTokenSeconds: number; nonce: string },
): Lease {
  const until = Math.min(at + LEASE_MS, day.closesAt);
  const refundAt = until + impressionTokenSeconds * 1000 + REFUND_MARGIN_MS;
  const granted = Math.min(MOST, Math.ceil(room / SHARE));
  return { id: `${refundAt.toString(36)}-${nonce}`, campaign, day: day.opensAt, granted, until, refundAt };
}

/** When the lease of that id is refunded. */
export const refundAtOf = (id: string): Instant => Number.parseInt(id.slice(0, id.indexOf("-")), 36);

/** Leases of one campaign and day, that are given back together. */
export interface Refund extends Pick<Lease, "campaign" | "day"> {
  readonly leases: readonly CountedLease[];
}

/** One transaction takes a hundred items; fewer meet fewer others. */
const MOST_TOGETHER = 25;

/** How leases that have ended are given back. */
export const refundsOf = (ended: readonly CountedLease[]): readonly Refund[] =>
  [...Map.groupBy(ended, ({ campaign, day }) => `${campaign} ${day}`).values()].flatMap((theirs) =>
    theirs.flatMap(({ campaign, day }, first) =>
      first % MOST_TOGETHER === 0 ? [{ campaign, day, leases: theirs.slice(first, first + MOST_TOGETHER) }] : [],
    ),
  );

/** Granted, and never told. */
export const unconfirmed = ({ leases }: Refund): number =>
  leases.reduce((sum, { granted, confirmed }) => sum + Math.max(0, granted - confirmed), 0);
