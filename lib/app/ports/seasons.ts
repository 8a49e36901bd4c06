import type { Season } from "../../domain/season.ts";
import type { Commitment } from "./call.ts";

export interface SeasonStore {
  get(id: string): Promise<Season | undefined>;
  all(): Promise<readonly Season[]>;
  /** @throws Refusal `season-exists`. */
  create(season: Season, commitment: Commitment): Promise<void>;
  save(season: Season, commitment: Commitment): Promise<void>;
  /** As `save`, and fails when another season was published since `all()` was read. */
  publish(season: Season, commitment: Commitment, roster: number): Promise<void>;
  /** Changes each time a season is published. */
  roster(): Promise<number>;
}
