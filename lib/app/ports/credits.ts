import type { Credit, Creditable } from "../../domain/credit.ts";
import type { Commitment } from "./call.ts";

export interface CreditStore {
  /** Keeps the credit unless more would then be given back than was counted. @throws Refusal `credit-too-large`; Unavailable. */
  give(credit: Credit, counted: Creditable, commitment: Commitment): Promise<void>;
  /** All of a season on a surface, or a brand's. @throws Unavailable. */
  ofSeason(surface: string, season: string, brand?: string): Promise<readonly Credit[]>;
}
