import type { Instant } from "./window.ts";

/** What became of one try to deliver. */
export type Attempt =
  | { readonly status: number }
  | { readonly fault: "address-refused" | "unresolved" | "timeout" | "tls-failed" | "connection-failed" };

/** Where a subscription stands in its feed, and when its next change may be tried. `version` counts the writes. */
export interface Progress {
  /** The sequence of the last change that was delivered or not asked for. */
  readonly cursor: number;
  /** Tries of the next change that failed. */
  readonly failures: number;
  /** By the machine's clock. */
  readonly dueAt: Instant;
  readonly version: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How long after the first, second, … failed try the next one is made, at least. When all have failed the subscription is disabled. */
export const RETRY_WAITS: readonly number[] = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR];
/** By how much of itself a wait may be longer, so that receivers that failed together are not tried together. */
const JITTER = 0.2;

export const begun = (cursor: number): Progress => ({ cursor, failures: 0, dueAt: 0, version: 1 });

/** Standard Webhooks: any 2xx is taken, whatever its body. */
export const isTaken = (attempt: Attempt): boolean => "status" in attempt && attempt.status >= 200 && attempt.status < 300;

/** The receiver wants no more. */
const isGone = (attempt: Attempt): boolean => "status" in attempt && attempt.status === 410;

/** Beyond a change that was delivered, or passed over. */
export const advanced = (progress: Progress, cursor: number): Progress => ({
  cursor,
  failures: 0,
  dueAt: 0,
  version: progress.version + 1,
});

/** After a try that failed: when to try again; undefined when it is to be disabled. `random` in [0, 1). */
export function postponed(progress: Progress, attempt: Attempt, { at, random }: { at: Instant; random: number }): Progress | undefined {
  const wait = RETRY_WAITS[progress.failures];
  if (wait === undefined || isGone(attempt)) return undefined;
  return {
    ...progress,
    failures: progress.failures + 1,
    dueAt: at + Math.floor(wait * (1 + JITTER * random)),
    version: progress.version + 1,
  };
}

/** What an attempt was answered, in a few words; nothing the receiver said. */
export const wordsFor = (attempt: Attempt): string => ("status" in attempt ? `status-${attempt.status}` : attempt.fault);

const LONGEST_URL = 500;
/** Names that never lead out to the public net (RFC 2606, 6761, 6762, 8375, and .internal). */
const INNER_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|test|example|invalid|onion|home\.arpa)$/;
const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/**
 * The address in its one spelling, if webhooks may be sent there; undefined otherwise. https on port 443 to a public name: no
 * user, no password, no fragment, no trailing dot, no IP address in any of the spellings `new URL` knows (decimal, octal, hex,
 * IPv6). What the name leads to is checked when it is used. `loopback` lets http://127.0.0.1 through, for the local stack.
 */
export function webhookUrl(text: string, { loopback }: { readonly loopback: boolean }): string | undefined {
  const url = text.length <= LONGEST_URL && !text.includes("\\") && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return undefined;
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  if (loopback && LOOPBACK.test(url.origin)) return url.href;
  return url.protocol === "https:" && url.port === "" && isPublicName(url.hostname) ? url.href : undefined;
}

/** At least two labels, the last of them letters; an address in digits or brackets is none. */
const isPublicName = (hostname: string): boolean =>
  hostname.length <= 253 &&
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:xn--[a-z0-9-]{1,59}|[a-z]{2,63})$/.test(hostname) &&
  !INNER_NAMES.test(hostname);
