import type { Books, Shared } from "../../domain/fair-share.ts";
import type { Instant } from "../../domain/window.ts";

/** Where a surface's corrections stand: the version of the last, and the season's accounts; none when it has none yet. */
export interface KeptBooks {
  readonly version: number;
  readonly books: Books | undefined;
}

/** The accounts that the fair share of a surface is corrected from. @throws Unavailable, Unreadable. */
export interface FairShareStore {
  /** Consistent, as is the next. */
  books(surface: string, season: string): Promise<Books | undefined>;
  read(surface: string, season: string): Promise<KeptBooks>;
  /** Writes the next correction, as decisions read it until `until`, with its accounts; false when another was first. */
  save(place: { readonly surface: string; readonly season: string }, over: KeptBooks, shared: Shared, until: Instant): Promise<boolean>;
}
