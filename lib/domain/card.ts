import type { Parties } from "./authorisation.ts";
import type { Campaign } from "./campaign.ts";
import { lint } from "./card-lint.ts";
import type { Destination } from "./destination.ts";
import { isCurrent } from "./eligible.ts";
import type { Grant } from "./grant.ts";
import type { Image, StoredImage } from "./image.ts";
import type { Monitoring } from "./monitoring.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { type Act, adjusted, awaiting, type Reviewed, resubmitted } from "./review.ts";
import type { Season } from "./season.ts";
import type { Surface } from "./surface.ts";
import type { Instant, Window } from "./window.ts";

/** The discount. Prices are whole fen. */
export interface Offer {
  readonly text: string;
  readonly price: number;
  readonly salePrice: number;
  /** When it holds: outside, its card is not shown. Null for as long as the card may be. */
  readonly validity: Window | null;
}

/** An image that its brand has uploaded, by its fingerprint, and what it is to be on the card. */
export interface ImageUse {
  readonly role: string;
  readonly sha256: string;
}

/** What a brand says of a card. The "Ad" label is not here: it is the surface's, on every card; nor is the store's name, which is as approved. */
export interface CardForm {
  readonly campaign: string;
  readonly template: string;
  readonly text: Readonly<Record<string, string>>;
  readonly offer: Offer | null;
  readonly callToAction: string;
  readonly images: readonly ImageUse[];
  readonly destination: { readonly kind: "store" } | { readonly kind: "item"; readonly itemId: string };
  /** A mark of the season's that it bears, under the season's licence. */
  readonly seasonMark: string | null;
  /** Others who are told of it; null for nobody. */
  readonly monitoring: Monitoring | null;
  /** Its share among its campaign's cards, 1 to 1,000. */
  readonly weight: number;
  /** When it may be shown; null for as long as its campaign. */
  readonly window: Window | null;
}

/** The typed feed card, with the review it stands in. */
export interface Card extends Omit<CardForm, "destination" | "images">, Parties, Reviewed {
  readonly id: string;
  readonly surface: string;
  readonly season: string;
  readonly destination: Destination;
  /** As they were measured. */
  readonly images: readonly Image[];
  /** As its brand's application was approved with. */
  readonly storeName: Names;
}

/** What a card is submitted for. `storeName`: of the store that the brand was let in with. */
export interface Setting {
  readonly campaign: Campaign;
  readonly season: Season;
  readonly grants: readonly Grant[];
  readonly storeName: Names;
  readonly surface: Surface;
  /** Of the brand's uploaded images, those that the card names. */
  readonly images: readonly StoredImage[];
}

/** What its brand may change of a card: all but the campaign it is in. */
export type CardChange = Omit<CardForm, "campaign">;

/** A card that keeps the surface's limits waits for the host. @throws Refusal `not-granted`, `card-not-acceptable` with each fault. */
export function submitCard(form: CardForm, { id, by, at, ...setting }: Act & Setting & { readonly id: string }): Card {
  const { brand, marketplace, host, season, surface, id: campaign } = setting.campaign;
  return { ...settled(form, setting, at), campaign, id, brand, marketplace, host, season, surface, ...awaiting({ by, at }) };
}

/**
 * A new version of the card. What was approved stays so when only its weight has changed, or its window has become narrower;
 * anything else goes to the host. @throws Refusal `not-granted`, `card-not-acceptable` with each fault.
 */
export function changeCard(card: Card, change: CardChange, { by, at, ...setting }: Act & Setting): Card {
  const content = settled({ ...change, campaign: card.campaign }, setting, at);
  return card.status === "approved" && !isMaterial(card, content)
    ? { ...adjusted(card, by), weight: content.weight, window: content.window }
    : { ...resubmitted(card, { by, at }), ...content };
}

/** What viewers see, where it leads, who else is told, and when: all that its brand says of a card but how much of it. */
type Content = Pick<Card, (typeof MATERIAL)[number] | "weight" | "window">;

const MATERIAL = ["template", "text", "offer", "callToAction", "images", "destination", "seasonMark", "storeName", "monitoring"] as const;

const isMaterial = (before: Content, after: Content): boolean =>
  MATERIAL.some((element) => inOrder(before[element]) !== inOrder(after[element])) || !isWithin(after.window, before.window);

/** Equal for things that differ in the order of their members alone. */
const inOrder = (thing: unknown): string =>
  JSON.stringify(thing, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

const isWithin = (inner: Window | null, outer: Window | null): boolean =>
  outer === null || (inner !== null && outer.opensAt <= inner.opensAt && inner.closesAt <= outer.closesAt);

function settled(form: CardForm, setting: Setting, at: Instant): Content {
  const grant = grantFor(form, setting.grants, at);
  const faults = lint(form, grant, setting);
  if (faults.length > 0)
    throw new Refusal(
      "card-not-acceptable",
      faults.map(({ code, field, detail }) => ({ code, field, detail })),
    );
  const { template, text, offer, callToAction, seasonMark, monitoring, weight, window } = form;
  const images = measured(form, setting.images);
  const destination: Destination =
    form.destination.kind === "store" ? { kind: "store", id: grant.storeId } : { kind: "item", id: form.destination.itemId };
  return { template, text, offer, callToAction, images, destination, seasonMark, storeName: setting.storeName, monitoring, weight, window };
}

/** The card's images as they were measured; those that are not there are left out. */
const measured = ({ images }: Pick<CardForm, "images">, stored: readonly StoredImage[]): Image[] =>
  images.flatMap(({ role, sha256 }) => {
    const found = stored.find((each) => each.sha256 === sha256);
    return found ? [{ ...found, role }] : [];
  });

/** The grant a card is submitted under: a current one, if there is one that names its template. @throws Refusal `not-granted`. */
export function grantFor({ template }: Pick<CardForm, "template">, grants: readonly Grant[], at: Instant): Grant {
  const current = grants.filter((each) => isCurrent(each, at));
  const grant = current.find(({ templates }) => templates.includes(template)) ?? current[0];
  if (!grant) throw new Refusal("not-granted");
  return grant;
}
