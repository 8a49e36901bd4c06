import type { LiveSwitch } from "../domain/kill-switch.ts";
import { isWithin, RECHECK_MS } from "./fresh-snapshot.ts";
import type { SwitchStore } from "./ports/switches.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log, Now } from "./ports/world.ts";

interface Deps {
  readonly switches: Pick<SwitchStore, "board">;
  readonly now: Now;
  readonly log: Log;
}

/**
 * The switches for those who have to go on whatever happens: as they were last known, read again when that is two seconds
 * old. Where the store does not answer the last known ones stand, and none where none were ever known (reliability.md P6).
 */
export function knownSwitches({ switches, now, log }: Deps): () => Promise<readonly LiveSwitch[]> {
  let known: { readonly live: readonly LiveSwitch[]; readonly readAt: number } | undefined;
  let inFlight: Promise<void> | undefined;

  const read = async () => {
    const readAt = now();
    try {
      known = { live: (await switches.board()).live, readAt };
    } catch (error) {
      // A board that cannot be read is in nobody's way either; what is not the store's being away is somebody's to look into.
      if (!(error instanceof Unavailable)) log("error", "switches-failed", { error: String(error) });
      log("error", "switches-unread", { knownSince: known?.readAt ?? null });
    }
  };

  return async () => {
    if (!known || !isWithin(RECHECK_MS, known.readAt, now())) {
      inFlight ??= read().finally(() => {
        inFlight = undefined;
      });
      await inFlight;
    }
    return known?.live ?? [];
  };
}
