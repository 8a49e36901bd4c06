import type { Parties } from "./authorisation.ts";
import type { Campaign } from "./campaign.ts";
import { isEmpty, servableWindow } from "./card-window.ts";
import type { Destination } from "./destination.ts";
import { isCurrent } from "./eligible.ts";
import type { Grant } from "./grant.ts";
import type { Names } from "./names.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { type Act, awaiting, type Reviewed } from "./review.ts";
import { type Season, span } from "./season.ts";
import type { ImageType, Surface, Template } from "./surface.ts";
import { comparable, wideLength } from "./text.ts";
import type { Window } from "./window.ts";

/** The discount. Prices are whole fen. */
export interface Offer {
  readonly text: string;
  readonly price: number;
  readonly salePrice: number;
  /** When it holds: outside, its card is not shown. Null for as long as the card may be. */
  readonly validity: Window | null;
}

/** An image as declared: pixels, bytes and the SHA-256 of the file. */
export interface Image {
  readonly role: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly type: ImageType;
  readonly sha256: string;
}

/** What a brand says of a card. The "Ad" label is not here: it is the surface's, on every card; nor is the store's name, which is as approved. */
export interface CardForm {
  readonly campaign: string;
  readonly template: string;
  readonly text: Readonly<Record<string, string>>;
  readonly offer: Offer | null;
  readonly callToAction: string;
  readonly images: readonly Image[];
  readonly destination: { readonly kind: "store" } | { readonly kind: "item"; readonly itemId: string };
  /** A mark of the season's that it bears, under the season's licence. */
  readonly seasonMark: string | null;
  /** Its share among its campaign's cards, 1 to 1,000. */
  readonly weight: number;
  /** When it may be shown; null for as long as its campaign. */
  readonly window: Window | null;
}

/** The typed feed card, with the review it stands in. */
export interface Card extends Omit<CardForm, "destination">, Parties, Reviewed {
  readonly id: string;
  readonly surface: string;
  readonly season: string;
  readonly destination: Destination;
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
}

/** A card that keeps the surface's limits waits for the host. @throws Refusal `not-granted`, `card-not-acceptable` with each fault. */
export function submitCard(
  form: CardForm,
  { campaign, season, grants, storeName, surface, id, by, at }: Act & Setting & { readonly id: string },
): Card {
  const current = grants.filter((each) => isCurrent(each, at));
  const grant = current.find(({ templates }) => templates.includes(form.template)) ?? current[0];
  if (!grant) throw new Refusal("not-granted");
  const faults = [...grantFaults(form, grant), ...lint(form, surface), ...timeFaults(form, campaign, season)];
  if (faults.length > 0) throw new Refusal("card-not-acceptable", faults);
  const { brand, marketplace, host } = campaign;
  return {
    ...form,
    destination: form.destination.kind === "store" ? { kind: "store", id: grant.storeId } : { kind: "item", id: form.destination.itemId },
    id,
    brand,
    marketplace,
    host,
    season: season.id,
    surface: surface.id,
    storeName,
    ...awaiting({ by, at }),
  };
}

const grantFaults = (form: CardForm, grant: Grant): Reason[] =>
  grant.templates.includes(form.template)
    ? []
    : [{ code: "template-not-granted", field: "/template", detail: `The grant names ${grant.templates.join(", ")}.` }];

/** What keeps a card from ever being shown, or its mark from being borne. */
function timeFaults({ window, offer, seasonMark }: CardForm, { flight }: Campaign, season: Season): Reason[] {
  const inside = flight ?? span(season);
  const faults = [...windowFaults(window, "/window", inside), ...windowFaults(offer?.validity ?? null, "/offer/validity")];
  const marks = [...new Set(season.markLicences.map(({ mark }) => mark))];
  if (seasonMark !== null && !marks.includes(seasonMark))
    return [...faults, { code: "mark-not-licensed", field: "/seasonMark", detail: `Licensed: ${marks.join(", ") || "none"}.` }];
  if (faults.length === 0 && isEmpty(servableWindow({ window, offer, seasonMark }, { flight }, season)))
    return [{ code: "never-shown", field: "/window", detail: "Its window, its offer, its mark's licence and its flight never meet." }];
  return faults;
}

function windowFaults(window: Window | null, field: string, inside?: Window): Reason[] {
  if (window === null) return [];
  if (isEmpty(window)) return [{ code: "window-empty", field: `${field}/closesAt`, detail: "It has to close later than it opens." }];
  return inside && (window.opensAt < inside.opensAt || window.closesAt > inside.closesAt)
    ? [{ code: "window-outside-flight", field, detail: "It has to lie inside its campaign's flight, or inside the season." }]
    : [];
}

/** Every fault of a card against its surface's limits, each with the element and the limit. */
export function lint(form: CardForm, surface: Surface): Reason[] {
  const template = surface.templates.find(({ id }) => id === form.template);
  if (!template)
    return [{ code: "template-unknown", field: "/template", detail: `Known: ${surface.templates.map(({ id }) => id).join(", ")}.` }];
  return [
    ...textFaults(form, template),
    ...forbiddenFaults(form, surface),
    ...imageFaults(form, template),
    ...(surface.callsToAction.includes(form.callToAction)
      ? []
      : [{ code: "call-to-action-unknown", field: "/callToAction", detail: `Known: ${surface.callsToAction.join(", ")}.` }]),
    ...(form.offer && form.offer.salePrice >= form.offer.price
      ? [{ code: "offer-no-discount", field: "/offer/salePrice", detail: "The sale price has to be below the price." }]
      : []),
  ];
}

function textFaults(form: CardForm, template: Template): Reason[] {
  const unknown = Object.keys(form.text)
    .filter((name) => !Object.hasOwn(template.text, name))
    .map((name) => ({ code: "text-unknown", field: `/text/${name}`, detail: `Template ${template.id} has no such text.` }));
  const outside = Object.entries(template.text).flatMap(([name, { min, max }]) => {
    const length = wideLength(form.text[name] ?? "");
    const detail = `${min} to ${max} wide characters (one Latin letter is a half); this has ${length}.`;
    return length < min || length > max
      ? [{ code: length < min ? "text-too-short" : "text-too-long", field: `/text/${name}`, detail }]
      : [];
  });
  return [...unknown, ...outside];
}

function forbiddenFaults(form: CardForm, surface: Surface): Reason[] {
  const texts: [field: string, value: string][] = Object.entries(form.text).map(([name, value]) => [`/text/${name}`, value]);
  if (form.offer) texts.push(["/offer/text", form.offer.text]);
  return texts.flatMap(([field, value]) =>
    surface.forbiddenText
      .filter(({ pattern }) => pattern.test(value) || pattern.test(comparable(value)))
      .map(({ code, why }) => ({ code: `text-${code}`, field, detail: why })),
  );
}

function imageFaults(form: CardForm, template: Template): Reason[] {
  const faults = form.images.flatMap((image, index): Reason[] => {
    const field = `/images/${index}`;
    const limit = template.images.find(({ role }) => role === image.role);
    if (!limit) return [{ code: "image-role-unknown", field: `${field}/role`, detail: `Template ${template.id} has no such image.` }];
    const broken: Reason[] = [];
    if (image.width !== limit.width || image.height !== limit.height)
      broken.push({ code: "image-size", field, detail: `${limit.width} × ${limit.height} pixels.` });
    if (image.bytes > limit.maxBytes)
      broken.push({ code: "image-bytes", field: `${field}/bytes`, detail: `At most ${limit.maxBytes} bytes.` });
    if (!limit.types.includes(image.type))
      broken.push({ code: "image-type", field: `${field}/type`, detail: `One of ${limit.types.join(", ")}.` });
    return broken;
  });
  const counts = template.images.flatMap(({ role, count }) => {
    const found = form.images.filter((image) => image.role === role).length;
    return found === count ? [] : [{ code: "image-count", field: "/images", detail: `${count} of role ${role}; this has ${found}.` }];
  });
  return [...faults, ...counts];
}
