import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

/** An HTTP answer of the store, or one made up in its place. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One call on its way, as an act may handle it. An act that calls neither `answer`, `cut` nor `reset` leaves the caller waiting. */
export interface Exchange {
  /** The operation, such as `PutItem`. */
  readonly op: string;
  readonly body: string;
  /** How long `delay` waits. Milliseconds. */
  readonly ms: number;
  /** How many items `smallPages` and `partialBatch` leave. */
  readonly n: number;
  /** What the same read was answered before. */
  readonly previous: Answer | undefined;
  /** Lets the store do it, as sent or with another body. */
  forward(body?: string): Promise<Answer>;
  answer(answer: Answer): void;
  /** Half of the answer, then the connection ends. */
  cut(answer: Answer): void;
  reset(): void;
}

type Handling = (exchange: Exchange) => Promise<void> | void;
type Batch = Readonly<Record<string, readonly unknown[] | { readonly Keys: readonly unknown[] }>>;

const JSON_1_0 = "application/x-amz-json-1.0";

/** An error as DynamoDB words it. */
function refusal(status: number, type: string, message: string, more: object = {}): Answer {
  return {
    status,
    headers: { "content-type": JSON_1_0, "x-amzn-requestid": randomUUID() },
    body: JSON.stringify({ __type: type, message, ...more }),
  };
}

const DYNAMODB = "com.amazonaws.dynamodb.v20120810#";
const CORAL = "com.amazon.coral.availability#";

const throttled = refusal(
  400,
  `${DYNAMODB}ProvisionedThroughputExceededException`,
  "The level of configured provisioned throughput was exceeded.",
);
const throttling = refusal(400, `${CORAL}ThrottlingException`, "Rate exceeded");
const requestLimit = refusal(400, `${DYNAMODB}RequestLimitExceeded`, "Throughput exceeds the current throughput limit for your account.");
const internal = refusal(500, `${DYNAMODB}InternalServerError`, "Internal server error");
const unavailable = refusal(503, `${CORAL}ServiceUnavailableException`, "Service is unavailable");
const inProgress = refusal(
  400,
  `${DYNAMODB}TransactionInProgressException`,
  "The transaction with the given request token is already in progress.",
);
const conflict = refusal(400, `${DYNAMODB}TransactionConflictException`, "Transaction is ongoing for the item");

/** Refused for the reason `code` on its first item. */
function cancelled(body: string, code: string): Answer {
  const reasons = (JSON.parse(body).TransactItems as readonly unknown[]).map((_, index) =>
    index === 0 ? { Code: code, Message: "Transaction is ongoing for the item" } : { Code: "None" },
  );
  const codes = reasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return refusal(400, `${DYNAMODB}TransactionCanceledException`, message, { CancellationReasons: reasons });
}

/** The body with its JSON changed. */
const changed = (body: string, change: (request: Record<string, unknown>) => object): string => {
  const request = JSON.parse(body);
  return JSON.stringify({ ...request, ...change(request) });
};

/** The first `n` of each table's items, or the others. */
const part = (batch: Batch, from: number, to?: number): Batch =>
  Object.fromEntries(
    Object.entries(batch).flatMap(([table, items]) => {
      const some = "Keys" in items ? { ...items, Keys: items.Keys.slice(from, to) } : items.slice(from, to);
      return ("Keys" in some ? some.Keys : some).length > 0 ? [[table, some]] : [];
    }),
  );

async function partialBatch({ op, body, n, forward, answer }: Exchange): Promise<void> {
  const { RequestItems } = JSON.parse(body) as { RequestItems: Batch };
  const left = op === "BatchGetItem" ? "UnprocessedKeys" : "UnprocessedItems";
  if (n === 0) return answer({ status: 200, headers: { "content-type": JSON_1_0 }, body: JSON.stringify({ [left]: RequestItems }) });
  const done = await forward(changed(body, () => ({ RequestItems: part(RequestItems, 0, n) })));
  answer({ ...done, body: changed(done.body, () => ({ [left]: part(RequestItems, n) })) });
}

/** Every way a call can go wrong, by name. "Applied" is what the store has done of it. */
export const ACTS = {
  /** Not applied, never answered. */
  hangBefore: () => undefined,
  /** Applied, never answered. */
  hangAfter: async ({ forward }) => void (await forward()),
  /** ProvisionedThroughputExceededException; not applied, as all that follow up to `reset`. */
  throttle: ({ answer }) => answer(throttled),
  /** ThrottlingException. */
  throttling: ({ answer }) => answer(throttling),
  /** RequestLimitExceeded. */
  requestLimit: ({ answer }) => answer(requestLimit),
  /** 500 InternalServerError. */
  internal: ({ answer }) => answer(internal),
  /** 503. */
  unavailable: ({ answer }) => answer(unavailable),
  /** TransactionInProgressException: the same token is being worked on. */
  txInProgress: ({ answer }) => answer(inProgress),
  /** TransactionCanceledException: another transaction holds the first item. Only for TransactWriteItems. */
  txConflict: ({ body, answer }) => answer(cancelled(body, "TransactionConflict")),
  /** TransactionCanceledException: the first item's partition is too busy. Only for TransactWriteItems. */
  txThrottle: ({ body, answer }) => answer(cancelled(body, "ThrottlingError")),
  /** TransactionConflictException: a transaction holds the item of a single write. */
  txConflictSingle: ({ answer }) => answer(conflict),
  /** The connection is reset before the store hears of it. */
  reset: ({ reset }) => reset(),
  /** Applied, then the connection is reset. */
  loseResponse: async ({ forward, reset }) => {
    await forward();
    reset();
  },
  /** Applied, then answered with a 500. */
  lose500: async ({ forward, answer }) => {
    await forward();
    answer(internal);
  },
  /** Applied, the answer cut short. */
  truncate: async ({ forward, cut }) => cut(await forward()),
  /** Applied, answered with 200 and a body that is not JSON. */
  garbage: async ({ forward, answer }) => answer({ ...(await forward()), status: 200, body: "<html>proxy</html>" }),
  /** Sent to the store twice; the second answer is given, as by a middle box that lost the first. */
  duplicate: async ({ forward, answer }) => {
    await forward();
    answer(await forward());
  },
  /** The store does not know the transaction's token any more, as after ten minutes. */
  forgetToken: async ({ body, forward, answer }) => answer(await forward(changed(body, () => ({ ClientRequestToken: randomUUID() })))),
  /** BatchWriteItem and BatchGetItem do the first `n` of each table and hand back the rest. */
  partialBatch,
  /** Query and Scan give at most `n` items a page. */
  smallPages: async ({ body, n, forward, answer }) => answer(await forward(changed(body, () => ({ Limit: n })))),
  /** A read is answered as the same read was before; the first one truly. */
  stale: async ({ previous, forward, answer }) => answer(previous ?? (await forward())),
  /** Answered `ms` later. */
  delay: async ({ ms, forward, answer }) => {
    await pause(ms);
    answer(await forward());
  },
} as const satisfies Record<string, Handling>;

export type Act = keyof typeof ACTS;
