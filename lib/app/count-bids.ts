import type { BidAsk } from "../domain/openrtb/ask.ts";
import type { OurResponse } from "../domain/openrtb/response.ts";
import type { decisionCounts } from "./count-decisions.ts";
import type { Call } from "./ports/call.ts";
import type { Now } from "./ports/world.ts";

type BidCall = Call<{ surface: string }, unknown, BidAsk>;

/** Bids, and counts each impression as a decision of one slot; a test is none. */
export const countingBids =
  (bid: (call: BidCall) => Promise<OurResponse>, { count }: Pick<ReturnType<typeof decisionCounts>, "count">, now: Now) =>
  async (call: BidCall): Promise<OurResponse> => {
    const answer = await bid(call);
    const cards = answer.seatbid.flatMap(({ bid: bids }) => bids);
    const noAds = (answer.ext?.nobids ?? []).map(({ reason }) => ({ noAd: reason }));
    if (call.body.test !== 1) count(call.params.surface, now(), [...cards, ...noAds], call.body.imp.length);
    return answer;
  };
