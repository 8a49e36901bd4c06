import { type Profile, SYSTEMS } from "../targeting.ts";
import type { BidAsk } from "./ask.ts";

/** OpenRTB writes countries in three letters (ISO 3166-1 alpha-3), regions of ISO 3166-2 in two. */
const COUNTRIES: Readonly<Record<string, string>> = { CHN: "CN", HKG: "HK", MAC: "MO", TWN: "TW" };
const REGION = /^[A-Z]{2}-[A-Z0-9]{1,3}$/;
const VERSION = /^[0-9]{1,5}(?:\.[0-9]{1,5}){0,3}$/;
const SEGMENT = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** What everybody has who has turned their device's advertising id off. */
const NOBODYS = /^[0-]*$/;

/** Under what a viewer is known: the exchange's id, ours, or the device's advertising id, unless tracking is limited; undefined for none (OpenRTB 2.6 §3.2.18, §3.2.20). */
export function viewerKeyOf({ user, device }: Pick<BidAsk, "user" | "device">): string | undefined {
  const { ifa = "", lmt = 0 } = device ?? {};
  return user?.id ?? user?.buyeruid ?? (lmt === 1 || NOBODYS.test(ifa) ? undefined : ifa.toLowerCase());
}

/** The network a device asks from: the first three parts of its address, of IPv6 too, which is a /24 or a /48; undefined where it does not say (§3.2.18). */
export function networkOf({ device }: Pick<BidAsk, "device">): string | undefined {
  const { ip, ipv6 } = device ?? {};
  if (ip !== undefined) return ip.split(".").slice(0, 3).join(".");
  return ipv6?.toLowerCase().split(":").slice(0, 3).join(":");
}

/** What a bid request tells of a viewer that a campaign may be for. What is not written as it has to be tells nothing. */
export function profileOf({ device, app, user }: Pick<BidAsk, "device" | "app" | "user">): Profile {
  const segments = (user?.data ?? []).flatMap(({ segment = [] }) => segment.flatMap(({ id = "" }) => (SEGMENT.test(id) ? [id] : [])));
  return {
    os: SYSTEMS.find((system) => system === device?.os?.toLowerCase()),
    region: regionOf(device?.geo ?? {}),
    hostVersion: app?.ver !== undefined && VERSION.test(app.ver) ? app.ver : undefined,
    segments,
  };
}

function regionOf({ country = "", region = "" }: { readonly country?: string; readonly region?: string }): string | undefined {
  const whole = region.includes("-") ? region.toUpperCase() : `${COUNTRIES[country.toUpperCase()] ?? country}-${region}`.toUpperCase();
  return REGION.test(whole) ? whole : undefined;
}
