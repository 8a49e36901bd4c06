import type { Placed } from "../domain/delivery-event.ts";
import type { LinkKind } from "../domain/destination.ts";
import { openToken, type Signer } from "../domain/event-token.ts";
import { isStopped, type LiveSwitch, type Place } from "../domain/kill-switch.ts";
import { Refusal } from "../domain/refusal.ts";
import { firstOpen, waysFor } from "../domain/routing.ts";
import type { PublicCall } from "./ports/call.ts";
import type { Catalogue, Now } from "./ports/world.ts";
import type { Tap } from "./record-click.ts";

interface Deps {
  readonly catalogue: Catalogue;
  /** As far as they are known; never late, and never in the way. */
  readonly switches: () => Promise<readonly LiveSwitch[]>;
  readonly signer: Signer;
  /** Of our own addresses: some launch permissions are bound to it. */
  readonly domain: string;
  readonly recordClick: (placed: Placed, tap: Tap) => Promise<void>;
  readonly now: Now;
}

/**
 * A tap: recorded once, then sent on. The way on is in the signed token, so it is answered even when the store is not;
 * the click is then a log line that can be replayed. Where a switch stops one kind of link, the other is taken; what else
 * is stopped has been shown already, and leads on. @throws Refusal `token-invalid`, `token-expired`, `link-stopped`.
 */
export const followClick =
  (deps: Deps) =>
  async ({ params, caller }: PublicCall<{ token: string }>) => {
    const at = deps.now();
    const placed = openToken(deps.signer, "click", params.token, at);
    const marketplace = deps.catalogue.marketplace(placed.marketplace);
    if (!marketplace) throw new Refusal("token-invalid");
    const switches = await deps.switches();
    const host = deps.catalogue.host(deps.catalogue.surface(placed.surface)?.host ?? "");
    const ways = waysFor({ marketplace, host, domain: deps.domain }, placed.destination, placed);
    const isOpen = (linkKind: LinkKind) => !isLinkStopped(switches, { ...placed, host: host?.id ?? "", linkKind });
    const way = firstOpen(ways, isOpen);
    if (!way) throw new Refusal(ways.length > 0 ? "link-stopped" : "token-invalid");
    await deps.recordClick(placed, { at, link: way.id, caller });
    return { location: way.url };
  };

/** Whether a switch on links stops this one. */
const isLinkStopped = (switches: readonly LiveSwitch[], place: Place): boolean =>
  isStopped(
    switches.filter(({ aim }) => aim.linkKind !== null),
    place,
  );
