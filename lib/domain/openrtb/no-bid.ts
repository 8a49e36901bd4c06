import type { NoBidReasonCode } from "iab-openrtb/v26";
import { NO_AD } from "../no-ad.ts";

/** Reasons that are in OpenRTB's own list. */
const STANDARD = {
  "native-malformed": 2,
  "viewer-unknown": 8,
  "time-too-short": 15,
} as const satisfies Record<string, NoBidReasonCode>;

/** What a bid request asks and we cannot give; beside the reasons why a slot stays empty, and like them above 500. */
const OURS = {
  "assets-unfillable": 520,
  "deal-unknown": 521,
  "seat-excluded": 522,
  "floor-above-zero": 523,
  "not-native": 524,
  "impressions-unmeasurable": 525,
  "expires-too-soon": 526,
  "advertiser-blocked": 527,
  "not-secure": 528,
} as const;

/** Why an impression is not bid for: OpenRTB 2.6 `nbr`, whose list is that of 3.0; 500 and above are ours. */
export const NO_BID = { ...NO_AD, ...STANDARD, ...OURS } as const;

export type NoBidReason = keyof typeof NO_BID;
