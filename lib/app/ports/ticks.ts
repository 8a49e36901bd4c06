import type { Tick } from "../../domain/health.ts";

/** The season clock's last tick. */
export interface TickStore {
  last(): Promise<Tick | undefined>;
  /** Never over a later one, in whatever order ticks come to an end. */
  record(tick: Tick): Promise<void>;
}
