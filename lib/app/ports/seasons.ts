import type { Season } from "../../domain/season.ts";
import type { Commitment } from "./call.ts";

/** The seasons there are, and the ids of those that cannot be read. */
export interface Roll {
  readonly seasons: readonly Season[];
  readonly unreadable: readonly string[];
}

export interface SeasonStore {
  get(id: string): Promise<Season | undefined>;
  all(): Promise<readonly Season[]>;
  /** As `all`, but a season that cannot be read is no obstacle to the others. */
  roll(): Promise<Roll>;
  /** @throws Refusal `season-exists`. */
  create(season: Season, commitment: Commitment): Promise<void>;
  save(season: Season, commitment: Commitment): Promise<void>;
  /** As `save`, and fails when another season was published since `all()` was read. */
  publish(season: Season, commitment: Commitment, roster: number): Promise<void>;
  /** Changes each time a season is published. */
  roster(): Promise<number>;
}
