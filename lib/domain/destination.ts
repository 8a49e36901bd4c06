import type { Names } from "./names.ts";

/** What a card leads to: the brand's store, or one item. `id` is decimal digits. */
export interface Destination {
  readonly kind: "store" | "item";
  readonly id: string;
}

/** How one kind of destination is written for one way in. `needsApp` is the app that must be installed; null is the web page. */
export interface LinkForm {
  readonly id: string;
  readonly url: string;
  readonly needsApp: string | null;
}

/** How a link leads in: by the marketplace's app, or by its web page. */
export type LinkKind = "app" | "web";

/** Where brands sell. All of it is data: `resources/marketplaces/`. Link forms stand in order of preference and end with the web page. */
export interface Marketplace {
  readonly id: string;
  readonly names: Names;
  readonly storeTypes: readonly string[];
  readonly apps: readonly string[];
  /** How stores of apps name each of them. */
  readonly appStoreIds: Readonly<Record<string, readonly string[]>>;
  /** Whose shop window it is: what advertisers are known by on exchanges. */
  readonly domain: string;
  readonly links: Readonly<Record<Destination["kind"], readonly LinkForm[]>>;
}

/** The way in that was chosen. */
export interface Link {
  readonly id: string;
  readonly url: string;
}

const DIGITS = /^[0-9]{1,20}$/;

/** Which kinds of link may be used: those that no switch stops. */
export type IsOpen = (kind: LinkKind) => boolean;
const ALL_OPEN: IsOpen = () => true;

/**
 * The best way in for a viewer with these apps by a kind of link that is open, or undefined when there is none.
 * An address is built from a form in our data and digits, never from a request (reliability.md T6, T7).
 */
export function route(
  marketplace: Marketplace,
  destination: Destination,
  installedApps: readonly string[],
  isOpen: IsOpen = ALL_OPEN,
): Link | undefined {
  if (!DIGITS.test(destination.id)) return undefined;
  const forms = marketplace.links[destination.kind];
  const web = forms.find(({ needsApp }) => needsApp === null);
  const app = forms.find(({ needsApp }) => needsApp !== null && installedApps.includes(needsApp));
  const form = (isOpen("app") ? app : undefined) ?? (isOpen("web") ? web : undefined);
  if (!form) return undefined;
  const webUrl = web ? fill(web.url, destination) : "";
  return { id: form.id, url: fill(form.url, destination, webUrl) };
}

/** Every way to a destination, the best first, as it is written: for people to see, before anybody has a phone in hand. */
export const waysTo = (marketplace: Marketplace, destination: Destination): LinkForm[] => {
  const forms = DIGITS.test(destination.id) ? marketplace.links[destination.kind] : [];
  const web = forms.find(({ needsApp }) => needsApp === null);
  const webUrl = web ? fill(web.url, destination) : "";
  return forms.map(({ id, url, needsApp }) => ({ id, url: fill(url, destination, webUrl), needsApp }));
};

const fill = (url: string, { id }: Destination, webUrl = "") =>
  url.replaceAll("{storeId}", id).replaceAll("{itemId}", id).replaceAll("{webUrl}", encodeURIComponent(webUrl));
