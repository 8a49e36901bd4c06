import { reaches, type User } from "../domain/authorisation.ts";
import { decidedAt } from "../domain/decision-id.ts";
import { type BatchAnswer, delivered, type Placed, type Showing } from "../domain/delivery-event.ts";
import { readToken, type Signer } from "../domain/event-token.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Instant } from "../domain/window.ts";
import type { Call } from "./ports/call.ts";
import type { BatchedEvent, BatchStore } from "./ports/delivery.ts";
import type { Catalogue, Now } from "./ports/world.ts";

/** Feed servers tell whole seconds, and their clocks and ours are not the same. Milliseconds. */
const CLOCKS_DIFFER_MS = 1_000;

/** One showing as a feed server tells it; `at` is when the card was decided on, when it does not say. */
export interface ToldShowing {
  readonly token: string;
  readonly event: Showing;
  readonly at?: Instant | undefined;
}

interface Deps {
  readonly batches: BatchStore;
  readonly catalogue: Pick<Catalogue, "surface">;
  readonly signer: Signer;
  readonly now: Now;
}

/**
 * A feed server's batch: each event counted once, each answered in its place; the same batch sent again is given the same answers.
 * Who sends it is a machine of the host, so nothing is judged by where it comes from. @throws Refusal `batch-differs`; Unavailable.
 */
export const recordImpressions =
  ({ batches, catalogue, signer, now }: Deps) =>
  async ({ body: { batch, events }, user }: Call<unknown, unknown, { batch: string; events: readonly ToldShowing[] }>) => {
    const at = now();
    const told = events.map((event) => toldIn(event, { at, user, catalogue, signer }));
    const answers = await batches.record(`${user.tenant}/${batch}`, told);
    return { batch, answers };
  };

function toldIn(
  { token, event: kind, at: toldAt }: ToldShowing,
  { at, user, catalogue, signer }: Pick<Deps, "catalogue" | "signer"> & { readonly at: Instant; readonly user: User },
): BatchedEvent | BatchAnswer {
  const read = readOrNone(signer, token);
  if (!read || !isOfHost(user, read.placed, catalogue)) return "token-invalid";
  const { placed, ends } = read;
  const decided = decidedAt(placed.decision);
  // A time that is not told is the earliest there can be, the same whenever the batch is sent: nobody is found too fast by a late batch.
  const told = toldAt ?? decided;
  const isPossible = told >= decided - CLOCKS_DIFFER_MS && told <= at + CLOCKS_DIFFER_MS;
  // Judged by our own clock: a lease is refunded when its tokens have ended.
  const refused = at >= ends ? "token-expired" : isPossible ? null : "time-impossible";
  return { event: delivered(placed, { kind, at: Math.max(decided, Math.min(told, at)) }), decidedAt: decided, refused };
}

function readOrNone(signer: Signer, token: string) {
  try {
    return readToken(signer, "impression", token);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const isOfHost = (user: User, { surface, brand, marketplace }: Placed, catalogue: Pick<Catalogue, "surface">): boolean => {
  const host = catalogue.surface(surface)?.host;
  return host !== undefined && reaches(user, { brand, marketplace, host });
};
