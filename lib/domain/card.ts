import type { Parties } from "./authorisation.ts";
import type { Campaign } from "./campaign.ts";
import type { Destination } from "./destination.ts";
import { isCurrent } from "./eligible.ts";
import type { Grant } from "./grant.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { type Act, awaiting, type Reviewed } from "./review.ts";
import type { ImageType, Surface, Template } from "./surface.ts";
import { comparable, wideLength } from "./text.ts";

/** The discount. Prices are whole fen. */
export interface Offer {
  readonly text: string;
  readonly price: number;
  readonly salePrice: number;
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

/** What the viewer sees. The "Ad" label is not here: the host always draws it. */
export interface CardForm {
  readonly campaign: string;
  readonly template: string;
  readonly text: Readonly<Record<string, string>>;
  readonly offer: Offer | null;
  readonly callToAction: string;
  readonly images: readonly Image[];
  readonly destination: { readonly kind: "store" } | { readonly kind: "item"; readonly itemId: string };
}

/** The typed feed card, with the review it stands in. */
export interface Card extends Omit<CardForm, "destination">, Parties, Reviewed {
  readonly id: string;
  readonly surface: string;
  readonly season: string;
  readonly destination: Destination;
}

/** A card that keeps the surface's limits waits for the host. @throws Refusal `not-granted`, `card-not-acceptable` with each fault. */
export function submitCard(
  form: CardForm,
  { campaign, grants, surface, id, by, at }: Act & { id: string; campaign: Campaign; grants: readonly Grant[]; surface: Surface },
): Card {
  const current = grants.filter((each) => isCurrent(each, at));
  const grant = current.find(({ templates }) => templates.includes(form.template)) ?? current[0];
  if (!grant) throw new Refusal("not-granted");
  const faults = [...grantFaults(form, grant), ...lint(form, surface)];
  if (faults.length > 0) throw new Refusal("card-not-acceptable", faults);
  const { brand, marketplace, host, season } = campaign;
  return {
    ...form,
    destination: form.destination.kind === "store" ? { kind: "store", id: grant.storeId } : { kind: "item", id: form.destination.itemId },
    id,
    brand,
    marketplace,
    host,
    season,
    surface: surface.id,
    ...awaiting({ by, at }),
  };
}

const grantFaults = (form: CardForm, grant: Grant): Reason[] =>
  grant.templates.includes(form.template)
    ? []
    : [{ code: "template-not-granted", field: "/template", detail: `The grant names ${grant.templates.join(", ")}.` }];

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
