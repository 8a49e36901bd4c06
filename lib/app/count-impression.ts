import { delivered, type Showing } from "../domain/delivery-event.ts";
import { openToken, type Signer } from "../domain/event-token.ts";
import { trafficReason } from "../domain/traffic.ts";
import type { PublicCall } from "./ports/call.ts";
import type { EventStore } from "./ports/delivery.ts";
import type { ReadSigns } from "./ports/traffic.ts";
import type { Now } from "./ports/world.ts";

interface Deps {
  readonly events: EventStore;
  readonly signer: Signer;
  readonly signs: ReadSigns;
  readonly now: Now;
}

/** The card began to render, or was seen. Counted once however often it is told. @throws Refusal `token-invalid`, `token-expired`; Unavailable. */
export const countImpression =
  ({ events, signer, signs, now }: Deps) =>
  async ({ params, query: { event: kind }, caller }: PublicCall<{ token: string }, { event: Showing }>) => {
    const at = now();
    const placed = openToken(signer, "impression", params.token, at);
    const invalid = trafficReason(kind, signs(caller, kind, at), placed.os);
    await events.record(delivered(placed, { kind, at, invalid }));
    return {};
  };
