import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import ipaddr from "ipaddr.js";
import { Webhook } from "standardwebhooks";
import type { SendWebhook } from "../app/ports/webhooks.ts";
import type { Now } from "../app/ports/world.ts";
import { configure, settings } from "../config.ts";
import { type Attempt, webhookUrl } from "../domain/webhook.ts";

/** For everything: the name, the connection, the answer. Milliseconds. */
const TIMEOUT_MS = 3_000;
/** Bytes of a secret (Standard Webhooks: 24 to 64). */
const SECRET_BYTES = 32;

interface Address {
  readonly address: string;
  readonly family: number;
}

/** What sending needs of the world; tests put their own in its place. */
export interface Outside {
  readonly machineNow: Now;
  readonly timeoutMs: number;
  /** http://127.0.0.1 may be sent to: the local stack's receivers. */
  readonly loopback: boolean;
  readonly resolve: (name: string) => Promise<readonly Address[]>;
  readonly open: (url: URL, options: RequestOptions) => ClientRequest;
}

/** Whether the local stack's own machine may be sent to. A deployed stage refuses the setting at start. */
export const mayReachLoopback = (): boolean => configure(settings.webhooks).WEBHOOKS_TO_LOOPBACK === "yes";

/** `whsec_` and base64 (Standard Webhooks). */
export const newWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;

/**
 * Sends over https to public addresses only (reliability.md T18). A name is resolved once for each message, every address it
 * has is checked, and the connection is made to what was checked, never to what the name says a moment later. No redirect is
 * followed, and of the answer nothing but its status is read.
 */
export function webhookSender(outside: Partial<Outside> = {}): SendWebhook {
  const {
    machineNow = () => Date.now(),
    timeoutMs = TIMEOUT_MS,
    loopback = mayReachLoopback(),
    resolve = (name: string) => lookup(name, { all: true, verbatim: true }),
    open = (url: URL, options: RequestOptions) => (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options),
  } = outside;

  return async ({ url: text, secret }, { id, body }) => {
    // Rules may have become stricter since the address was taken.
    const href = webhookUrl(text, { loopback });
    if (href === undefined) return { fault: "address-refused" };
    const url = new URL(href);
    const signal = AbortSignal.timeout(timeoutMs);
    const found = await checked(url, resolve, signal);
    if ("fault" in found) return found;
    const sentAt = new Date(machineNow());
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
      "user-agent": "Seasongate-Webhooks/1",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, sentAt, body),
    };
    return answered(open(url, { method: "POST", headers, signal, agent: false, lookup: pinned(found.addresses) }), body, signal);
  };
}

/** The addresses behind the name, all of them public; a literal that the rules let through has none to look up. */
async function checked(
  { protocol, hostname }: URL,
  resolve: Outside["resolve"],
  signal: AbortSignal,
): Promise<{ readonly addresses: readonly Address[] } | (Attempt & { readonly fault: string })> {
  if (protocol === "http:") return { addresses: [] };
  try {
    const addresses = await Promise.race([resolve(hostname), refusal(signal)]);
    if (addresses.length === 0) return { fault: "unresolved" };
    return addresses.every(({ address }) => isPublic(address)) ? { addresses } : { fault: "address-refused" };
  } catch {
    return { fault: signal.aborted ? "timeout" : "unresolved" };
  }
}

const refusal = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

/** Global unicast: not private, loopback, link-local, carrier-grade NAT, a tunnel into one, or reserved. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const plain = ipaddr.process(address);
  if (plain.range() !== "unicast") return false;
  // Of IPv6 only 2000::/3 has been given out (RFC 4291 §2.4).
  return plain.kind() === "ipv4" || plain.match(ipaddr.parseCIDR("2000::/3"));
}

/** Answers every question for an address with those that were checked. */
const pinned =
  (addresses: readonly Address[]): NonNullable<RequestOptions["lookup"]> =>
  (_name, options, answer) => {
    const [first] = addresses;
    if (!first) return answer(new Error("no address was checked"), "", 0);
    if (options.all) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };

function answered(request: ClientRequest, body: string, signal: AbortSignal): Promise<Attempt> {
  return new Promise((done) => {
    request.on("response", (response: IncomingMessage) => {
      done({ status: response.statusCode ?? 0 });
      // The rest is nothing to us, however long it is.
      response.on("error", () => undefined);
      response.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => done({ fault: signal.aborted ? "timeout" : faultOf(error) }));
    request.on("close", () => done({ fault: signal.aborted ? "timeout" : "connection-failed" }));
    request.end(body);
  });
}

/** A certificate that is not in order, told apart from a receiver that is not there. */
const faultOf = ({ code = "" }: NodeJS.ErrnoException): "tls-failed" | "connection-failed" =>
  /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code) ? "tls-failed" : "connection-failed";
