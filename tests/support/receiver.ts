import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

export interface Delivery {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

type Answer = (outgoing: ServerResponse, incoming: IncomingMessage) => void;

export interface Receiver {
  readonly url: string;
  /** All that came, taken or not. */
  readonly deliveries: readonly Delivery[];
  /** The ids that came, in order. */
  readonly ids: readonly string[];
  /** From now on answers so. */
  answer(answer: Answer): void;
  /** The message, if its signature holds under the secret. */
  verified(delivery: Delivery | undefined, secret: string): unknown;
  close(): Promise<void>;
}

export const takes: Answer = (outgoing) => void outgoing.writeHead(204).end();
export const answers =
  (status: number): Answer =>
  (outgoing) =>
    void outgoing.writeHead(status).end();
/** Never answers. */
export const hangs: Answer = () => undefined;

/** A subscriber's own server, on this machine. */
export async function openReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  let answer: Answer = takes;
  const server = createServer(async (incoming, outgoing) => {
    const headers = incoming.headers as Record<string, string>;
    deliveries.push({ id: String(headers["webhook-id"]), headers, body: await text(incoming).catch(() => "") });
    answer(outgoing, incoming);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    get ids() {
      return deliveries.map(({ id }) => id);
    },
    answer(next) {
      answer = next;
    },
    verified: (delivery, secret) => delivery && new Webhook(secret).verify(delivery.body, delivery.headers),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
