import type { NativeDataAssetType, NativeImageAssetType } from "iab-adcom/enum";
import type { Offer } from "../card.ts";
import type { Image } from "../image.ts";
import type { ServedCard } from "../snapshot.ts";
import type { AssetAsk, ImageAsk } from "./ask.ts";

/** What assets are filled from: a card, and what surrounds it. What is undefined fills nothing. */
export interface Material {
  readonly card: Pick<ServedCard, "text" | "offer" | "callToAction" | "images">;
  readonly sponsor: string | undefined;
  readonly seasonTag: string | undefined;
  readonly marketplaceDomain: string;
}

/** An asset of a native response (Native 1.2 §5.2). An image is still without its address. */
export type FilledAsset = { readonly id: number } & (
  | { readonly title: { readonly text: string } }
  | { readonly img: Image }
  | { readonly data: { readonly type: number; readonly value: string } }
);
type Content = FilledAsset extends infer A ? (A extends FilledAsset ? Omit<A, "id"> : never) : never;

/** AdCOM and Native 1.2 number these alike, unlike events. 500 and above are for exchanges: 501 is the season's tag. */
const DATA = { sponsored: 1, desc: 2, price: 6, salePrice: 7, displayUrl: 11, ctaText: 12 } as const satisfies Record<
  string,
  NativeDataAssetType
>;
const SEASON_TAG = 501;
const IMAGE = { icon: 1, main: 3 } as const satisfies Record<string, NativeImageAssetType>;
/** Native 1.0's logo, which later versions merged with the icon. */
const LOGO = 2;

/**
 * The assets that the material fills, in the order they were asked for, each as it was approved: nothing is shortened.
 * Undefined when one that is required cannot be filled, or none can.
 */
export function fill(asks: readonly AssetAsk[], material: Material): readonly FilledAsset[] | undefined {
  const isTitled = asks.some(({ title }) => title !== undefined);
  const filled: FilledAsset[] = [];
  for (const ask of asks) {
    const content = contentFor(ask, material, isTitled);
    if (content) filled.push({ id: ask.id, ...content });
    else if (ask.required === 1) return undefined;
  }
  return filled.length > 0 ? filled : undefined;
}

function contentFor({ title, img, data }: AssetAsk, material: Material, isTitled: boolean): Content | undefined {
  if (title) {
    const text = material.card.text["title"] ?? material.card.text["text"];
    return isWithin(text, title.len) ? { title: { text } } : undefined;
  }
  if (img) {
    const image = imageFor(img, material.card.images);
    return image && { img: image };
  }
  if (data) {
    const value = textFor(data.type, material, isTitled);
    return isWithin(value, data.len) ? { data: { type: data.type, value } } : undefined;
  }
  return undefined;
}

/** `len` counts characters, not bytes or halves of surrogate pairs. */
const isWithin = (text: string | undefined, len = Number.POSITIVE_INFINITY): text is string =>
  text !== undefined && [...text].length <= len;

function imageFor({ type = IMAGE.main, w, wmin, h, hmin, mimes = [] }: ImageAsk, images: readonly Image[]): Image | undefined {
  const role = type === IMAGE.main ? "main" : type === IMAGE.icon || type === LOGO ? "head" : undefined;
  const fits = (pixels: number, exact: number | undefined, least: number | undefined) =>
    least === undefined ? exact === undefined || pixels === exact : pixels >= least;
  return images.find(
    (image) =>
      image.role === role &&
      fits(image.width, w, wmin) &&
      fits(image.height, h, hmin) &&
      (mimes.length === 0 || isAmong(mimes, image.type)),
  );
}

/** The standard's own example writes image/jpg. */
const isAmong = (mimes: readonly string[], type: Image["type"]) =>
  mimes.some((mime) => mime.toLowerCase().replace("image/jpg", "image/jpeg") === type);

function textFor(type: number, { card, sponsor, seasonTag, marketplaceDomain }: Material, isTitled: boolean): string | undefined {
  switch (type) {
    case DATA.sponsored:
      return sponsor;
    case DATA.desc:
      // A card with one text shows it once: as its title, where there is room for a title.
      return card.text["description"] ?? (isTitled ? undefined : card.text["text"]);
    case DATA.price:
      return yuan(card.offer, "price");
    case DATA.salePrice:
      return yuan(card.offer, "salePrice");
    case DATA.displayUrl:
      return marketplaceDomain;
    case DATA.ctaText:
      return card.callToAction;
    case SEASON_TAG:
      return seasonTag;
    default:
      return undefined;
  }
}

/** Whole fen as a price tag: ¥279, ¥279.90. */
function yuan(offer: Offer | null, which: "price" | "salePrice"): string | undefined {
  if (!offer) return undefined;
  const fen = offer[which] % 100;
  return `¥${Math.trunc(offer[which] / 100)}${fen === 0 ? "" : `.${String(fen).padStart(2, "0")}`}`;
}
