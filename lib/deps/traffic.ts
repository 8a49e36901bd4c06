import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import ipaddr from "ipaddr.js";
import { isbot } from "isbot";
import dataCentres from "../../resources/traffic/data-centres.json" with { type: "json" };
import type { ReadSigns } from "../app/ports/traffic.ts";
import { configure, settings } from "../config.ts";
import { DAY_MS } from "../domain/window.ts";
import { derivedKey } from "./derived-key.ts";

const MINUTE_MS = 60_000;
/** Viewers an instance counts at a time; with more in one minute it forgets whom it heard of first. About 2 MB. */
const MOST_VIEWERS = 10_000;

/** The signs of events' callers. A viewer is known for a minute, in memory alone, by a keyed digest under a key of the day. */
export const trafficSigns = (): ReadSigns => signsUnder(configure(settings.events).EVENT_KEY);

/** As `trafficSigns`, under this key. */
export function signsUnder(setting: string, mostViewers = MOST_VIEWERS): ReadSigns {
  let today = -1;
  let key: KeyObject;
  let minute = -1;
  const counts = new Map<string, number>();

  const recent = (viewer: string, at: number): number => {
    if (Math.floor(at / DAY_MS) !== today) {
      today = Math.floor(at / DAY_MS);
      key = createSecretKey(derivedKey(setting, `seasongate traffic ${today}`));
    }
    if (Math.floor(at / MINUTE_MS) !== minute) {
      minute = Math.floor(at / MINUTE_MS);
      counts.clear();
    }
    const mark = createHmac("sha256", key).update(viewer).digest("base64url");
    const count = (counts.get(mark) ?? 0) + 1;
    const [first] = counts.keys();
    if (first !== undefined && counts.size >= mostViewers && !counts.has(mark)) counts.delete(first);
    counts.set(mark, count);
    return count;
  };

  return ({ address, userAgent }, kind, at) => ({
    agent: userAgent,
    isBot: userAgent !== "" && isbot(userAgent),
    isDataCentre: isDataCentre(address),
    recent: recent(JSON.stringify([kind, address, userAgent]), at),
  });
}

const RANGES = dataCentres.ranges.flatMap(({ cidrs }) => cidrs.map((cidr) => ipaddr.parseCIDR(cidr)));

/** An address that cannot be read is of nobody we know. */
function isDataCentre(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address may come written as an IPv6 one.
  const given = ipaddr.process(address);
  return RANGES.some(([range, bits]) => range.kind() === given.kind() && given.match(range, bits));
}
