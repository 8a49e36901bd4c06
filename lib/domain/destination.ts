import type { Names } from "./names.ts";
import type { System } from "./targeting.ts";

/** What a card leads to: the brand's store, or one item. `id` is decimal digits. */
export interface Destination {
  readonly kind: "store" | "item";
  readonly id: string;
}

/** By what a link leads in. A universal link and an app link are web addresses that iOS and Android hand to the app they belong to. */
export const MEANS = ["universal-link", "app-link", "intent", "scheme", "web"] as const;
export type Means = (typeof MEANS)[number];

/** How one kind of destination is written for one way in. */
export interface LinkForm {
  readonly id: string;
  readonly by: Means;
  /** With places for numbers and macros (`macros.ts`). */
  readonly url: string;
  /** The app that must be installed; null is the web page. */
  readonly needsApp: string | null;
  /** Where it means anything; null for everywhere, also where the system is not known. */
  readonly os: readonly System[] | null;
}

/** How a link leads in: by the marketplace's app, or by its web page. What a switch can stop. */
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

/** Which kinds of link may be used: those that no switch stops. */
export type IsOpen = (kind: LinkKind) => boolean;
export const ALL_OPEN: IsOpen = () => true;

export const kindOf = ({ needsApp }: Pick<LinkForm, "needsApp">): LinkKind => (needsApp === null ? "web" : "app");

const DIGITS = /^[0-9]{1,20}$/;

/** The forms of a destination; none for one whose id is no number, since an address is built from digits alone (reliability.md T6, T7). */
export const formsOf = ({ links }: Pick<Marketplace, "links">, { kind, id }: Destination): readonly LinkForm[] =>
  DIGITS.test(id) ? links[kind] : [];

/**
 * Whether a kind of link that is open is left for a viewer with these apps: as much as serving has to know. What the host lets through
 * on the viewer's phone is asked when the card is tapped (`routing.ts`).
 */
export const isReachable = (
  marketplace: Pick<Marketplace, "links">,
  destination: Destination,
  installedApps: readonly string[],
  isOpen: IsOpen,
): boolean =>
  formsOf(marketplace, destination).some(
    (form) => (form.needsApp === null || installedApps.includes(form.needsApp)) && isOpen(kindOf(form)),
  );
