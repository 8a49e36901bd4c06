import { delivered, type Showing } from "../domain/delivery-event.ts";
import { openToken, type Signer } from "../domain/event-token.ts";
import type { PublicCall } from "./ports/call.ts";
import type { EventStore } from "./ports/delivery.ts";
import type { Now } from "./ports/world.ts";

interface Deps {
  readonly events: EventStore;
  readonly signer: Signer;
  readonly now: Now;
}

/** The card began to render, or was seen. Counted once however often it is told. @throws Refusal `token-invalid`, `token-expired`; Unavailable. */
export const countImpression =
  ({ events, signer, now }: Deps) =>
  async ({ params, query }: PublicCall<{ token: string }, { event: Showing }>) => {
    const at = now();
    await events.record(delivered(openToken(signer, "impression", params.token, at), { kind: query.event, at }));
    return {};
  };
