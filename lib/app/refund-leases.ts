import { refundsOf } from "../domain/lease.ts";
import type { RefundStore } from "./ports/caps.ts";
import type { Log, Now } from "./ports/world.ts";
import { undeterred } from "./undeterred.ts";

interface Deps {
  readonly refunds: RefundStore;
  readonly now: Now;
  readonly log: Log;
}

/**
 * Gives back what leases that have ended were granted and nobody told. Two ticks at once, or one that comes twice, give it back
 * once. What could not be given back is left for the next tick. @throws the first error, when all have been tried.
 */
export const refundLeases =
  ({ refunds, now, log }: Deps) =>
  async (): Promise<void> => {
    await undeterred(
      refundsOf(await refunds.ended(now())),
      (refund) => refunds.refund(refund),
      ({ campaign }, error) => log("error", "refund-failed", { campaign, error: String(error) }),
    );
  };
