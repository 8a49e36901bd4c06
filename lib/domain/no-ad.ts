/**
 * Why a slot stays empty. Numbers are OpenRTB's no-bid reasons (3.0 list, to which 2.6 `nbr` points; facts.md §1);
 * 500 and above are ours.
 */
export const NO_AD = {
  "technical-error": 1,
  "unmatched-viewer": 8,
  "season-closed": 500,
  "phase-not-open": 501,
  "brand-not-whitelisted": 502,
  "grant-expired": 503,
  "attestation-missing": 504,
  "card-not-approved": 505,
  "outside-trial-ring": 506,
  "kill-switch": 507,
  "fair-share-hold": 508,
  "competitive-separation": 509,
  "slots-exceed-brands": 509,
} as const;

export type NoAdReason = keyof typeof NO_AD;
