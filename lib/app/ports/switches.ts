import type { Board, KillSwitch, Switching } from "../../domain/kill-switch.ts";
import type { Commitment } from "./call.ts";

/** Kill switches, and the board of those that are thrown. @throws Unavailable. */
export interface SwitchStore {
  /** Consistent. */
  board(): Promise<Board>;
  get(id: string): Promise<KillSwitch | undefined>;
  /** Every switch there ever was. Consistent. */
  all(): Promise<readonly KillSwitch[]>;
  /** Lifted ones in order of their making: of at most `limit` switches behind the position `after`. */
  lifted(page: {
    readonly limit: number;
    readonly after: string | null;
  }): Promise<{ readonly switches: readonly KillSwitch[]; readonly next: string | null }>;
  /** Both at once. @throws Refusal `changed-meanwhile`. */
  save(switching: Switching, commitment: Commitment): Promise<void>;
}
