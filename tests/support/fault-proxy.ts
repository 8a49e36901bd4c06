import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { ACTS, type Act, type Answer, type Exchange } from "./fault-acts.ts";

/** When which fault happens. The first rule that applies to a call is the one that acts. */
export interface Rule {
  /** The operation of the X-Amz-Target header, such as `PutItem`; `*` for every one. */
  readonly op: string;
  /** The call's body has to match. */
  readonly match?: RegExp;
  readonly act: Act;
  /** Leaves the first so many matching calls alone. */
  readonly after?: number;
  /** Acts at most so often; without end when left out. */
  readonly times?: number;
  /** Acts with this probability. */
  readonly p?: number;
  /** For `delay`. */
  readonly ms?: number;
  /** For `smallPages` and `partialBatch`; 1 when left out. */
  readonly n?: number;
}

/** A call that came in, and what was done to it. */
export interface Handled {
  readonly op: string;
  readonly body: string;
  readonly act: Act | "none";
}

export interface FaultProxy {
  /** What the client takes for the store. */
  readonly endpoint: string;
  /** Every call since the start or the last `clear`. */
  readonly log: readonly Handled[];
  /** How many calls of each operation those are. */
  readonly calls: Readonly<Record<string, number>>;
  /** Replaces the rules. */
  rules(rules: readonly Rule[]): void;
  /** No rules, an empty log. */
  clear(): void;
  close(): Promise<void>;
}

interface Standing {
  readonly rule: Rule;
  readonly drawn: Map<string, number>;
  matched: number;
  acted: number;
}

const READS = new Set(["GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"]);

/**
 * An HTTP proxy on 127.0.0.1 that stands between the AWS SDK and a DynamoDB endpoint and does to calls what `rules` say
 * (reliability.md §3). Chance comes from the seed, the rule, the call itself (its token aside) and how many of its like came
 * before, never from the order in which calls arrive: the same calls under the same seed meet the same faults. `run` is a text
 * that names and ids bear in this run only; chance does not see it.
 */
export async function faultProxy(store: string, { seed, run = "" }: { readonly seed: number; readonly run?: string }): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const answers = new Map<string, Answer>();
  let standing: Standing[] = [];
  let log: Handled[] = [];

  const server = createServer(async (incoming, outgoing) => {
    const op = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const body = await text(incoming).catch(() => undefined);
    if (body === undefined) return;
    const faulty = standing.find((each, index) =>
      applies(each, op, body, (call) => chance(`${seed} ${index} ${call.replaceAll(run, "")}`)),
    );
    log.push({ op, body, act: faulty?.rule.act ?? "none" });
    const read = READS.has(op) ? `${op} ${body}` : undefined;
    const exchange: Exchange = {
      op,
      body,
      ms: faulty?.rule.ms ?? 0,
      n: faulty?.rule.n ?? 1,
      previous: read === undefined ? undefined : answers.get(read),
      forward: async (as = body) => {
        const answer = await forward(store, agent, incoming, as);
        if (read !== undefined) answers.set(read, answer);
        return answer;
      },
      ...endings(outgoing),
    };
    try {
      if (faulty) await ACTS[faulty.rule.act](exchange);
      else exchange.answer(await exchange.forward());
    } catch {
      // The store is down, or gone while it was asked.
      exchange.reset();
    }
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get log() {
      return log;
    },
    get calls() {
      return Object.fromEntries(Object.entries(Object.groupBy(log, ({ op }) => op)).map(([op, calls]) => [op, calls?.length ?? 0]));
    },
    rules(rules) {
      standing = rules.map((rule) => ({ rule, drawn: new Map(), matched: 0, acted: 0 }));
    },
    clear() {
      standing = [];
      log = [];
    },
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, "close");
    },
  };
}

/** Whether the rule acts on this call; keeps its counts. */
function applies(standing: Standing, op: string, body: string, draw: (call: string) => number): boolean {
  const { rule, drawn } = standing;
  if (rule.op !== "*" && rule.op !== op) return false;
  if (rule.match && body.search(rule.match) < 0) return false;
  standing.matched++;
  if (standing.matched <= (rule.after ?? 0) || standing.acted >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
  if (rule.p !== undefined) {
    const call = `${op} ${body.replace(/"ClientRequestToken":"[^"]*"/, "")}`;
    const occurrence = (drawn.get(call) ?? 0) + 1;
    drawn.set(call, occurrence);
    if (draw(`${occurrence} ${call}`) >= rule.p) return false;
  }
  standing.acted++;
  return true;
}

/** [0, 1), always the same for the same text. */
const chance = (of: string): number => createHash("sha256").update(of).digest().readUInt32BE() / 2 ** 32;

async function forward(store: string, agent: Agent, { method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
  const sent = request(new URL(url ?? "/", store), {
    agent,
    ...(method === undefined ? {} : { method }),
    headers: { ...headers, "content-length": Buffer.byteLength(body), connection: "keep-alive" },
  });
  sent.end(body);
  const [received] = (await once(sent, "response")) as [IncomingMessage];
  const { "content-type": type = "", "x-amzn-requestid": id = "" } = received.headers;
  return {
    status: received.statusCode ?? 0,
    headers: { "content-type": type, "x-amzn-requestid": String(id) },
    body: await text(received),
  };
}

/** The three ways a call can end for the one who made it. */
function endings(outgoing: ServerResponse): Pick<Exchange, "answer" | "cut" | "reset"> {
  const begin = ({ status, headers, body }: Answer) =>
    outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  return {
    answer: (answer) => void begin(answer).end(answer.body),
    cut: (answer) => void begin(answer).write(answer.body.slice(0, answer.body.length / 2) || " ", () => outgoing.socket?.destroy()),
    reset: () => outgoing.socket?.resetAndDestroy(),
  };
}
