import type { Instant } from "./window.ts";

/**
 * A zone by its full IANA name. Abbreviations such as CST name several zones; names without a place (`Etc/GMT+8`, which is
 * eight hours *behind* UTC, or `EST5EDT`) are not what somebody who types them means.
 */
export function isZone(name: string): boolean {
  if (!/^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(?:\/[A-Z][A-Za-z_-]*)+$/.test(name))
    return false;
  if (ZONES.has(name)) return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Asking for a zone costs a millisecond, and seasons are read often. These are the names that are not older ones of another. */
const ZONES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("timeZone"));

/** How far the zone's clocks are ahead of UTC at that instant: `+08:00`. Minutes are as fine as RFC 3339 writes it. */
export function offsetAt(zone: string, at: Instant): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(at);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return name.slice("GMT".length) || "+00:00";
}

/** What clocks in the zone show at that instant, as RFC 3339 writes it: `2024-05-20T20:00:00.000+08:00`. */
export function wallTime(zone: string, at: Instant): string {
  // The `sv-SE` locale writes `YYYY-MM-DD HH:mm:ss,SSS`.
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  }).format(at);
  return `${clock.replace(" ", "T").replace(",", ".")}${offsetAt(zone, at)}`;
}

/** An instant as somebody typed it: `Z`, RFC 3339's way to say nothing of local time (§4.3), is no offset. */
export interface TypedInstant {
  readonly at: Instant;
  readonly offset: string | null;
}

/** Whether the offset is the zone's own then; who typed another believed in another time on the clock. */
export const isOfZone = (zone: string, { at, offset }: TypedInstant): boolean => offset === null || offset === offsetAt(zone, at);
