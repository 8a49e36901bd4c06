import type { Bid, BidResponse, SeatBid } from "iab-openrtb/v26";
import type { Image } from "../image.ts";
import type { Monitoring } from "../monitoring.ts";
import type { Reason } from "../refusal.ts";
import type { Instant } from "../window.ts";
import type { BidAsk, NativeAsk } from "./ask.ts";
import type { FilledAsset } from "./assets.ts";
import { NO_BID, type NoBidReason } from "./no-bid.ts";

/** Our native markup, in a bid (`CreativeMarkupType`). */
const NATIVE = 4;
/** Native 1.2 §7.6 and §7.7. AdCOM numbers events otherwise. */
const IMPRESSION = 1;
const IMAGE_PIXEL = 1;

export interface Link {
  readonly url: string;
  /** For a device that cannot open what `url` leads to (Native 1.2 §5.7). */
  readonly fallback?: string;
}

/** What is bid for an impression. */
export interface Offered {
  readonly decision: string;
  readonly brand: string;
  readonly grant: string;
  readonly season: string;
  readonly phase: string;
  readonly campaign: string;
  readonly card: string;
  readonly template: string;
  readonly marketplaceDomain: string;
  readonly assets: readonly FilledAsset[];
  readonly link: Link;
  /** Null for a test, which is not counted. */
  readonly impressionUrl: string | null;
  /** Others who are told, filled. */
  readonly monitoring: Monitoring;
  readonly decidedAt: Instant;
  readonly expiresAt: Instant;
}

/** What came of an impression. */
export type Outcome =
  | { readonly impid: string; readonly native: NativeAsk; readonly deals: readonly string[]; readonly offered: Offered }
  | { readonly impid: string; readonly reason: NoBidReason; readonly errors?: readonly Reason[] };

export interface NoBid {
  readonly impid: string;
  readonly nbr: number;
  readonly reason: NoBidReason;
  /** Where a native request does not fit its schema: what of it. */
  readonly errors?: readonly Reason[];
}

type Told = "adm" | "adomain" | "cid" | "crid" | "exp" | "mtype";
export type OurBid = Pick<Bid, "id" | "impid" | "price" | "iurl" | "dealid"> &
  Required<Pick<Bid, Told>> & { ext: Pick<Offered, "grant" | "season" | "phase" | "template"> };
export type OurSeatBid = Required<Pick<SeatBid, "seat">> & { readonly bid: OurBid[] };
/** The package's `nbr` knows no numbers above 500. */
export type OurResponse = Pick<BidResponse, "id" | "cur"> & { seatbid: OurSeatBid[]; nbr?: number; ext?: { nobids: NoBid[] } };

/** Where the images of cards are. */
export type ImageUrl = (image: Image) => string;

/** A bid response (OpenRTB 2.6 §4.2): a seat for each brand, and each impression without a bid under `ext`, with its reason. */
export function bidResponse({ id, cur }: Pick<BidAsk, "id" | "cur">, outcomes: readonly Outcome[], imageUrl: ImageUrl): OurResponse {
  const nobids = outcomes.flatMap((outcome): NoBid[] => {
    if ("offered" in outcome) return [];
    const { impid, reason, errors } = outcome;
    return [{ impid, nbr: NO_BID[reason], reason, ...(errors ? { errors } : {}) }];
  });
  const seatbid = outcomes.flatMap((outcome): OurSeatBid[] =>
    "offered" in outcome ? [{ seat: outcome.offered.brand, bid: [bidOf(outcome, imageUrl)] }] : [],
  );
  const [currency] = cur ?? [];
  const [first] = nobids;
  return {
    id,
    // Nothing is nothing in every currency; an exchange that names some takes no other.
    ...(currency === undefined ? {} : { cur: currency }),
    seatbid,
    ...(seatbid.length === 0 && first ? { nbr: first.nbr } : {}),
    ...(first ? { ext: { nobids } } : {}),
  };
}

function bidOf({ impid, native, deals, offered }: Extract<Outcome, { offered: Offered }>, imageUrl: ImageUrl): OurBid {
  const { grant, season, phase, template, decidedAt, expiresAt } = offered;
  const main = offered.assets.flatMap((asset) => ("img" in asset && asset.img.role === "main" ? [asset.img] : []))[0];
  return {
    id: offered.decision,
    impid,
    // There is no auction and no price: a host gives the place to whom it has granted it.
    price: 0,
    mtype: NATIVE,
    adm: JSON.stringify(markup(native, offered, imageUrl)),
    adomain: [offered.marketplaceDomain],
    ...(main ? { iurl: imageUrl(main) } : {}),
    cid: offered.campaign,
    crid: offered.card,
    // A deal that the request did not name would be none that the exchange knows (loss reason 4).
    ...(deals.includes(grant) ? { dealid: grant } : {}),
    exp: Math.floor((expiresAt - decidedAt) / 1000),
    ext: { grant, season, phase, template },
  };
}

function markup({ ver = "1.2", wrapped }: NativeAsk, { assets, link, impressionUrl, monitoring }: Offered, imageUrl: ImageUrl) {
  const isOld = ver === "1.0" || ver === "1.1" || ver === "1";
  // Ours first: it is what counts.
  const trackers = [...(impressionUrl === null ? [] : [impressionUrl]), ...monitoring.impression];
  const native = {
    ver: isOld ? ver : "1.2",
    assets: assets.map((asset) =>
      "img" in asset ? { id: asset.id, img: { url: imageUrl(asset.img), w: asset.img.width, h: asset.img.height } } : asset,
    ),
    link: monitoring.click.length === 0 ? link : { ...link, clicktrackers: monitoring.click },
    ...(trackers.length === 0
      ? {}
      : isOld
        ? { imptrackers: trackers }
        : { eventtrackers: trackers.map((url) => ({ event: IMPRESSION, method: IMAGE_PIXEL, url })) }),
  };
  return wrapped ? { native } : native;
}

/** Whether the client that asks can tell us of an impression: it names image pixels for that event, or names no events at all. */
export const isMeasurable = ({ eventtrackers }: NativeAsk): boolean =>
  eventtrackers === undefined || eventtrackers.some(({ event, methods }) => event === IMPRESSION && methods.includes(IMAGE_PIXEL));
