import type { Placed } from "../domain/delivery-event.ts";
import type { LinkKind } from "../domain/destination.ts";
import { kindOf } from "../domain/destination.ts";
import { openToken, type Signer } from "../domain/event-token.ts";
import { isStopped, type LiveSwitch, type Place } from "../domain/kill-switch.ts";
import { macrosOf } from "../domain/macros.ts";
import type { Names } from "../domain/names.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Way, waysFor } from "../domain/routing.ts";
import type { Instant } from "../domain/window.ts";
import type { Catalogue, EventIds, Now } from "./ports/world.ts";

export interface WaysOnDeps {
  readonly catalogue: Pick<Catalogue, "surface" | "host" | "marketplace">;
  /** As far as they are known; never late, and never in the way. */
  readonly switches: () => Promise<readonly LiveSwitch[]>;
  readonly signer: Signer;
  readonly eventIds: EventIds;
  /** Of our own addresses: some launch permissions are bound to it. */
  readonly domain: string;
  readonly now: Now;
}

/** A tap's token, opened, and the ways on from it: at least one, the best first. */
export interface WaysOn {
  readonly at: Instant;
  readonly placed: Placed;
  readonly marketplace: Names;
  readonly ways: readonly [Way, ...Way[]];
}

/**
 * The ways on that are open on the phone and that no switch on links stops; what else is stopped has been shown already, and leads on.
 * All of it is in the signed token and in our data. @throws Refusal `token-invalid`, `token-expired`, `link-stopped`.
 */
export async function waysOn({ catalogue, switches, signer, eventIds, domain, now }: WaysOnDeps, token: string): Promise<WaysOn> {
  const at = now();
  const placed = openToken(signer, "click", token, at);
  const marketplace = catalogue.marketplace(placed.marketplace);
  if (!marketplace) throw new Refusal("token-invalid");
  const host = catalogue.host(catalogue.surface(placed.surface)?.host ?? "");
  const { decision, slot } = placed;
  const macros = macrosOf({
    ...placed,
    impression: eventIds("impression", decision, slot),
    click: { id: eventIds("click", decision, slot), at },
  });
  const ways = waysFor({ marketplace, host, domain }, placed.destination, placed, macros);
  if (ways.length === 0) throw new Refusal("token-invalid");
  const stopping = (await switches()).filter(({ aim }) => aim.linkKind !== null);
  const place: Place = { ...placed, host: host?.id ?? "" };
  const isOpen = (linkKind: LinkKind) => !isStopped(stopping, { ...place, linkKind });
  const [best, ...others] = ways.filter((way) => isOpen(kindOf(way)));
  if (!best) throw new Refusal("link-stopped");
  return { at, placed, marketplace: marketplace.names, ways: [best, ...others] };
}
