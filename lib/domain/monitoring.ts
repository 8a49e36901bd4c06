import { type Fillings, filled, strangeMacrosIn } from "./macros.ts";
import type { Reason } from "./refusal.ts";

/** Addresses of others that are to be told of a card: loaded when it begins to render, and when it is tapped. Macros are filled in. */
export interface Monitoring {
  readonly impression: readonly string[];
  readonly click: readonly string[];
}

const MONITORED = ["impression", "click"] as const satisfies readonly (keyof Monitoring)[];

/** Why an address is not told of anything. */
export interface MonitoringFault extends Reason {
  readonly limit: string;
  readonly has: string;
}

/**
 * What is wrong with monitoring links: each is https, on exactly one of the surface's listed hosts, without user, port or fragment, written
 * as a browser will read it (reliability.md T7), and has no macro that nobody fills; in its host there is none at all.
 */
export function monitoringFaults(monitoring: Monitoring, hosts: readonly string[]): readonly MonitoringFault[] {
  return MONITORED.flatMap((event) =>
    monitoring[event].flatMap((address, index): MonitoringFault[] => {
      const field = `/monitoring/${event}/${index}`;
      const strange = strangeMacrosIn(address);
      if (strange.length > 0) return [fault("monitoring-macro-unknown", field, "the macros of docs/routing.md", strange.join(", "))];
      return isListed(address, hosts) ? [] : [fault("monitoring-host-not-listed", field, hosts.join(", ") || "none", address)];
    }),
  );
}

/** Filled, for who is to load them. */
export const monitoringLinks = ({ impression, click }: Monitoring, macros: Fillings): Monitoring => ({
  impression: impression.map((address) => filled(address, macros)),
  click: click.map((address) => filled(address, macros)),
});

function isListed(address: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { href, protocol, host, username, password, hash } = new URL(address);
  return href === address && protocol === "https:" && username === "" && password === "" && hash === "" && hosts.includes(host);
}

const fault = (code: string, field: string, limit: string, has: string): MonitoringFault => ({
  code,
  field,
  detail: `Allowed: ${limit}. This has ${has}.`,
  limit,
  has,
});
