import type { Parties } from "./authorisation.ts";
import type { Campaign } from "./campaign.ts";
import { countedIn } from "./delivery-report.ts";
import { Refusal } from "./refusal.ts";
import { summed, type Tally } from "./tally.ts";
import type { Instant } from "./window.ts";

/** What can be given back. */
export const CREDITED_KINDS = ["impression", "click"] as const;
export type CreditedKind = (typeof CREDITED_KINDS)[number];

/** What somebody wants given back. */
export interface CreditForm {
  readonly campaign: string;
  /** Null for the campaign's cards together. */
  readonly card: string | null;
  /** On which it was counted, in the season's zone: `2024-06-18`. */
  readonly day: string;
  readonly kind: CreditedKind;
  readonly count: number;
  /** In words that the brand may read. */
  readonly reason: string;
}

/** Impressions or clicks that the host gave back. It stands beside what was counted and changes none of it. */
export interface Credit extends Parties, CreditForm {
  readonly id: string;
  readonly season: string;
  readonly surface: string;
  readonly givenBy: string;
  readonly givenAt: Instant;
  readonly version: 1;
}

/** What was counted as valid on the credit's day, of its campaign and of its card: more is not given back, in one credit or several. */
export interface Creditable {
  readonly campaign: number;
  /** Null when the credit names none. */
  readonly card: number | null;
}

export const creditable = ({ campaign, card, kind }: CreditForm, tallies: readonly Tally[]): Creditable => {
  const counted = (ours: readonly Tally[]) => {
    const { impressions, clicks } = countedIn(summed(ours.map(({ counters }) => counters)));
    return kind === "impression" ? impressions : clicks;
  };
  const ofCampaign = tallies.filter((tally) => tally.campaign === campaign);
  return { campaign: counted(ofCampaign), card: card === null ? null : counted(ofCampaign.filter((tally) => tally.card === card)) };
};

/** @throws Refusal `credit-too-large` when less was counted. */
export function giveCredit(
  form: CreditForm,
  { brand, marketplace, host, season, surface }: Campaign,
  counted: Creditable,
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: Instant },
): Credit {
  const most = Math.min(counted.campaign, counted.card ?? counted.campaign);
  if (form.count > most)
    throw new Refusal("credit-too-large", [{ code: "more-than-counted", field: "/count", detail: `On that day ${most} were counted.` }]);
  return { ...form, id, brand, marketplace, host, season, surface, givenBy: by, givenAt: at, version: 1 };
}
