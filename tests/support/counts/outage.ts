import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { recount } from "../../../lib/app/recount.ts";
import { replayClick } from "../../../lib/app/replay-click.ts";
import { eventSigner } from "../../../lib/deps/signer.ts";
import { delivered, type Placed } from "../../../lib/domain/delivery-event.ts";
import { eventStore } from "../../../lib/store/events.ts";
import { recountStore } from "../../../lib/store/recounts.ts";
import { Table } from "../../../lib/store/table.ts";
import { clickInLine } from "../../../scripts/local/click-in-line.ts";
import { dynamoDbClient } from "../../../scripts/local/dynamodb-client.ts";
import { newKeys } from "../../../scripts/local/event-key.ts";
import { httpEvent, lambdaContext } from "../../../scripts/local/http-event.ts";
import { captureLog } from "../../../scripts/local/log-lines.ts";
import { stackEnv } from "../../../scripts/local/stack-env.ts";
import { placed, tokensOf } from "../../unit/domain/fixtures.ts";
import { freshTables } from "../tables.ts";

/** What an outage came to. */
export interface Outage {
  readonly taps: number;
  /** Led to the right address. */
  readonly ledOn: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Recorded from the log lines afterwards, as valid taps, each once though replayed twice. */
  readonly counted: number;
}

type Handler = (event: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const APP = "tmall://page.tm/shop?shopId=990000000001";
const HOUR_MS = 3_600_000;

/** Taps through the function for `seconds`, `perSecond`, while the store first hangs and then refuses; afterwards what it wrote into its log is replayed. */
export async function outage(seconds: number, perSecond: number): Promise<Outage> {
  const names = await freshTables();
  const client = DynamoDBDocumentClient.from(dynamoDbClient(process.env));
  const store = eventStore(new Table(client, names.delivery));
  const sockets = new Set<Socket>();
  // Takes connections and never answers.
  const hanging = createServer((socket) => sockets.add(socket.on("error", () => {})));
  hanging.listen(0, "127.0.0.1");
  await once(hanging, "listening");
  const { port } = hanging.address() as AddressInfo;
  const {
    STORE_TIMEOUT_MS: _patience,
    CLOCK_OFFSET_FILE: _clock,
    ...env
  } = stackEnv(process.env, {
    dynamodbEndpoint: `http://127.0.0.1:${port}`,
    jwksUrl: "http://127.0.0.1:1/jwks.json",
    publicUrl: "https://gate.test",
    ...newKeys(),
    clockOffsetFile: "",
  });
  // As patient as a deployed function: the patience is what is measured.
  Object.assign(process.env, env, { DELIVERY_TABLE: names.delivery, REGISTRY_TABLE: names.registry });
  delete process.env["STORE_TIMEOUT_MS"];
  const { handler } = (await import("../../../functions/events.ts")) as unknown as { readonly handler: Handler };

  const lines: string[] = [];
  const release = captureLog((line) => line.includes('"click-unrecorded"') && lines.push(line));
  const took: number[] = [];
  let ledOn = 0;
  const taps = Math.round(seconds * perSecond);
  try {
    for (let n = 0; n < taps; n++) {
      if (n === Math.floor(taps / 2)) {
        hanging.close();
        for (const socket of sockets) socket.destroy();
      }
      const card: Placed = placed({ decision: `dec_v3.${Date.now().toString(36)}.${n}`, seasonCloses: Date.now() + HOUR_MS });
      await store.record(delivered(card, { kind: "impression", at: Date.now() - 2_000 }));
      const began = performance.now();
      const event = httpEvent("GET /c/{token}", {
        params: { token: tokensOf(eventSigner(), card, Date.now() + HOUR_MS).click },
        address: `10.0.${n % 250}.1`,
      });
      const { statusCode, headers } = await handler(event, lambdaContext());
      took.push(performance.now() - began);
      if (statusCode === 302 && headers?.["location"] === APP) ledOn += 1;
      await pause(Math.max(0, 1000 / perSecond - (performance.now() - began)));
    }
  } finally {
    release();
    hanging.close();
    for (const socket of sockets) socket.destroy();
  }

  const replay = replayClick({ events: store });
  for (const line of [...lines, ...lines]) {
    const click = clickInLine(line);
    if (click !== undefined && click !== "refused") await replay(click);
  }
  const { drift } = await recount({ recounts: recountStore(new Table(client, names.delivery)) })();
  client.destroy();
  took.sort((one, other) => one - other);
  return {
    taps,
    ledOn,
    p99Ms: took[Math.floor(took.length * 0.99)] ?? 0,
    mostMs: took.at(-1) ?? 0,
    // Nothing is folded here: what the events come to is what stands against empty tallies.
    counted: drift.filter(({ counter }) => counter === "clicks").reduce((sum, { events }) => sum + events, 0),
  };
}
