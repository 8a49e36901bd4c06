import type { Placed } from "../domain/delivery-event.ts";
import type { PublicCall } from "./ports/call.ts";
import type { Tap } from "./record-click.ts";
import { type WaysOnDeps, waysOn } from "./ways-on.ts";

interface Deps extends WaysOnDeps {
  readonly recordClick: (placed: Placed, tap: Tap) => Promise<void>;
  /** What our own addresses begin with. */
  readonly publicUrl: string;
}

/**
 * A tap: recorded once, then sent on the best way, or to our page before it where the host wants one. The way on is in the signed token,
 * so it is answered even when the store is not; the click is then a log line that can be replayed.
 * @throws Refusal `token-invalid`, `token-expired`, `link-stopped`.
 */
export const followClick =
  (deps: Deps) =>
  async ({ params, caller }: PublicCall<{ token: string }>) => {
    const { at, placed, ways } = await waysOn(deps, params.token);
    const [{ id, url, through }] = ways;
    await deps.recordClick(placed, { at, link: id, caller });
    // Only a token that we have written comes here, and it is made of what an address takes as it is.
    return { location: through === "page" ? `${deps.publicUrl}/go/${params.token}` : url };
  };
