import { ALL_OPEN, type Destination, formsOf, type IsOpen, kindOf, type LinkForm, type Marketplace } from "./destination.ts";
import type { Door, Host, Permit, Through } from "./host.ts";
import { type Fillings, filled, NOTHING_TOLD } from "./macros.ts";
import { isAtLeast, type System } from "./targeting.ts";

/** Where a card is tapped. */
export interface Phone {
  readonly surface: string;
  readonly os: System | null;
  /** The host app's, as dotted numbers; empty when it is not known. */
  readonly hostVersion: string;
  readonly installedApps: readonly string[];
}

/** Whose doors there are. `domain` is that of our own addresses, which some permissions are bound to; null for whichever it is. */
export interface Ground {
  readonly marketplace: Marketplace;
  /** Undefined for one that the catalogue does not know (any more): then the web is left. */
  readonly host: Pick<Host, "doors" | "permits"> | undefined;
  readonly domain: string | null;
}

/** A link that a phone can follow, and by which of the host's doors. */
export interface Way extends Pick<LinkForm, "id" | "by" | "needsApp"> {
  readonly url: string;
  readonly door: string;
  readonly through: Through;
}

/** Of a host that nothing is known of. */
const WEB_ALONE: NonNullable<Ground["host"]> = {
  doors: [{ id: "web", by: ["web"], surfaces: null, os: null, from: null, before: null, permission: null, through: "straight" }],
  permits: [],
};

/**
 * Every way to a destination that is open on the phone, the best first: of the marketplace's link forms, in its order, those that the
 * system knows, whose app is there, and that one of the host's doors lets through. Addresses are built from forms in our data, from
 * digits and from `macros`, never from a request (reliability.md T6, T7).
 */
export function waysFor(
  { marketplace, host = WEB_ALONE, domain }: Ground,
  destination: Destination,
  phone: Phone,
  macros: Fillings = NOTHING_TOLD,
): readonly Way[] {
  const permits = host.permits.filter(
    (each) => each.marketplace === marketplace.id && (each.domain === null || domain === null || each.domain === domain),
  );
  return formsOf(marketplace, destination).flatMap((form): Way[] => {
    const { id, by, needsApp, os } = form;
    const isThere = needsApp === null || phone.installedApps.includes(needsApp);
    const door = isThere && isAmong(os, phone.os) ? host.doors.find((each) => isOpenTo(each, form, phone, permits)) : undefined;
    return door ? [{ id, by, needsApp, url: addressOf(form, marketplace, destination, macros), door: door.id, through: door.through }] : [];
  });
}

/** The first of the ways by a kind of link that is open; undefined when there is none. */
export const firstOpen = (ways: readonly Way[], isOpen: IsOpen = ALL_OPEN): Way | undefined => ways.find((way) => isOpen(kindOf(way)));

const isAmong = <T>(some: readonly T[] | null, one: T | null): boolean => some === null || (one !== null && some.includes(one));

const isOpenTo = (door: Door, { by, needsApp }: LinkForm, { surface, os, hostVersion }: Phone, permits: readonly Permit[]): boolean =>
  door.by.includes(by) &&
  isAmong(door.surfaces, surface) &&
  isAmong(door.os, os) &&
  isBetween(hostVersion, door) &&
  (door.permission === null || permits.some(({ permission, app }) => permission === door.permission && app === needsApp));

const isBetween = (version: string, { from, before }: Pick<Door, "from" | "before">): boolean =>
  (from === null && before === null) ||
  (version !== "" && (from === null || isAtLeast(version, from)) && (before === null || !isAtLeast(version, before)));

/** A form as an address. `{webUrl}` is the destination's web page, inside another address. */
export function addressOf(
  { url }: Pick<LinkForm, "url">,
  { links }: Pick<Marketplace, "links">,
  { kind, id }: Destination,
  macros: Fillings,
): string {
  const fillings = { ...macros, [kind === "store" ? "storeId" : "itemId"]: id };
  const web = links[kind].find(({ needsApp }) => needsApp === null);
  return filled(url, { ...fillings, webUrl: web ? filled(web.url, fillings) : "" });
}
