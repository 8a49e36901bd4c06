import { type Refund, refundsOf } from "../domain/lease.ts";
import type { RefundStore } from "./ports/caps.ts";
import type { Log, Now } from "./ports/world.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly refunds: RefundStore;
  readonly now: Now;
  readonly log: Log;
}

/** Campaigns whose leases are given back at the same time. Those of one follow each other, since they meet in its counters. */
const AT_ONCE = 16;

/**
 * Gives back what leases that have ended were granted and nobody told. Two ticks at once, or one that comes twice, give it back
 * once. What could not be given back is left for the next tick. @throws the first error, when all have been tried.
 */
export const refundLeases =
  ({ refunds, now, log }: Deps) =>
  async (): Promise<void> => {
    const ofCampaigns = Map.groupBy(refundsOf(await refunds.ended(now())), ({ campaign }) => campaign);
    const giveBack = async ([, theirs]: [string, Refund[]]) => {
      for (const refund of theirs) await refunds.refund(refund);
    };
    await undeterred(
      ofCampaigns,
      giveBack,
      ([campaign], error) => log("error", "refund-failed", { campaign, error: String(error) }),
      AT_ONCE,
    );
  };
