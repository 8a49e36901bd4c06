import { correctShares } from "./correct-shares.ts";
import type { TickStore } from "./ports/ticks.ts";
import type { Log, Now } from "./ports/world.ts";
import { publishSnapshots } from "./publish-snapshots.ts";
import { refundLeases } from "./refund-leases.ts";
import { turnSeasons } from "./turn-seasons.ts";
import { undeterred } from "./undeterred.ts";

type Deps = Parameters<typeof publishSnapshots>[0] &
  Parameters<typeof turnSeasons>[0] &
  Parameters<typeof refundLeases>[0] &
  Parameters<typeof correctShares>[0] & { readonly ticks: TickStore; readonly machineNow: Now; readonly log: Log };

/**
 * One tick of the season clock. It publishes before it turns, so that a season is recorded as open with its snapshot already
 * published; it turns also when it cannot publish; it corrects the fair share by what was delivered; it gives back
 * what leases were not used for; and it says that it was here when it has come to its end. The time is the
 * clock's, never the event's, and a tick may come twice, late, never or in any order (reliability.md F18 to F20).
 * @returns the turns it recorded. @throws the first error of its parts, when all have been tried, so that Lambda counts it.
 */
export function tick(deps: Deps) {
  const publish = publishSnapshots(deps);
  const turn = turnSeasons(deps);
  const refund = refundLeases(deps);
  const correct = correctShares(deps);
  return async (requestId: string) => {
    const began = { at: deps.machineNow(), festivalAt: deps.now() };
    let turns: Awaited<ReturnType<typeof turn>> = [];
    const turnAll = async () => {
      turns = await turn(requestId);
    };
    const parts = { publish, turn: turnAll, correct, refund, record: () => deps.ticks.record(began) };
    await undeterred(
      Object.entries(parts),
      ([, part]) => part(),
      ([part], error) => deps.log("error", "tick-failed", { part, error: String(error) }),
    );
    return { turns };
  };
}
