import type { Correction } from "../../domain/correction.ts";

/** A surface's fair share as it was corrected minute by minute, for those who decide. @throws Unavailable, Unreadable. */
export interface CorrectionStore {
  /** The newest; `known` itself while that is it, and `UNCORRECTED` when there is none. Consistent. */
  current(surface: string, known: Correction): Promise<Correction>;
  /** The one of that version; undefined when it is no longer kept. */
  recall(surface: string, version: number): Promise<Correction | undefined>;
}
