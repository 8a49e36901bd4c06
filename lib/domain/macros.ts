import type { Instant } from "./window.ts";

/**
 * What an address may leave open for others to be told: upper case between double underscores, as the host's own are (facts.md §4). Times
 * are epoch seconds. One that has no value yet is empty; one that is not known stays as it is written.
 */
export const MACROS = ["CLICK_ID", "CLICK_TIME", "IMPRESSION_ID", "CAMPAIGN_ID", "CARD_ID", "SEASON_ID"] as const;
export type Macro = (typeof MACROS)[number];

/** What the places of an address are filled with: numbers and addresses under the names of braces, macros under their own. */
export type Fillings = Readonly<Record<string, string>>;

const PLACE = /\{([A-Za-z]{1,20})\}|__([A-Z_]{1,40}?)__/g;

/** The names of all places there are in an address. */
export const placesIn = (address: string): readonly string[] =>
  [...address.matchAll(PLACE)].map(([, brace, macro]) => brace ?? macro ?? "");

/** The macros of an address that nobody fills. */
export const strangeMacrosIn = (address: string): readonly string[] =>
  placesIn(address).filter((name) => !(MACROS as readonly string[]).includes(name));

/** The address with its places filled, each percent-encoded. All in one go: what is put in is not read for places in its turn. */
export const filled = (address: string, fillings: Fillings): string =>
  address.replace(PLACE, (place: string, brace: string | undefined, macro: string | undefined) => {
    const name = brace ?? macro ?? "";
    return Object.hasOwn(fillings, name) ? encodeURIComponent(fillings[name] ?? "") : place;
  });

/** What is known of a card that is shown, or tapped. Ids are for others to tell events apart by, and say nothing of the viewer. */
export interface Told {
  readonly impression: string;
  readonly campaign: string;
  readonly card: string;
  readonly season: string;
  /** Null until it is tapped. */
  readonly click: { readonly id: string; readonly at: Instant } | null;
}

/** What macros are filled with. */
export const macrosOf = ({ impression, campaign, card, season, click }: Told): Readonly<Record<Macro, string>> => ({
  CLICK_ID: click?.id ?? "",
  CLICK_TIME: click ? `${Math.floor(click.at / 1000)}` : "",
  IMPRESSION_ID: impression,
  CAMPAIGN_ID: campaign,
  CARD_ID: card,
  SEASON_ID: season,
});

/** Before anything is shown. */
export const NOTHING_TOLD: Readonly<Record<Macro, string>> = macrosOf({ impression: "", campaign: "", card: "", season: "", click: null });
