import type { AuditEvent } from "../../domain/audit.ts";
import type { User } from "../../domain/authorisation.ts";

/** A verified request by somebody: its parsed parts, who sent it, and the id it is logged under. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly user: User;
  readonly requestId: string;
  /** Present when the caller gave an Idempotency-Key. */
  readonly claim?: Claim | undefined;
}

/** A caller's Idempotency-Key: `id` stands for who sent which key to which address, `fingerprint` for what they asked. */
export interface Claim {
  readonly id: string;
  readonly fingerprint: string;
  /** By the machine's clock, after which DynamoDB may drop it. Epoch seconds. */
  readonly keepUntil: number;
}

/** An answer kept, to be given again to the same request under the same key. */
export interface Receipt extends Claim {
  readonly reply: unknown;
}

/** What every change is saved with. */
export interface Commitment {
  readonly event: AuditEvent;
  readonly receipt: Receipt | null;
}

export interface ReceiptStore {
  find(id: string): Promise<Pick<Receipt, "fingerprint" | "reply"> | undefined>;
}

/** A request that needs no bearer. */
export interface PublicCall<Params = unknown, Query = unknown, Body = unknown> extends Omit<Call<Params, Query, Body>, "user"> {
  readonly caller: Caller;
}

/** What a request says of where it comes from: to judge traffic by. Neither is kept or logged as it is (reliability.md T20). */
export interface Caller {
  /** The address that API Gateway saw; empty when it said none. */
  readonly address: string;
  /** The User-Agent header; empty when there was none. */
  readonly userAgent: string;
}
