import * as z from "zod";
import type { NativeAsk } from "../domain/openrtb/ask.ts";
import { NO_BID, type NoBidReason } from "../domain/openrtb/no-bid.ts";
import type { Reason } from "../domain/refusal.ts";
import type { Endpoint } from "./endpoint.ts";
import { slug } from "./primitives.ts";
import { fromOutside } from "./wire.ts";

/** Other parties' ids: echoed, never kept. */
const theirId = z.string().min(1).max(256);
const words = z.string().max(256);
const count = z.int().min(0);
const ids = (most: number) => z.array(theirId).max(most);

const assetAsk = z
  .object({
    id: z.int(),
    required: z.int().default(0),
    title: z.object({ len: count }).exactOptional(),
    img: z
      .object({
        type: z.int().exactOptional(),
        w: count.exactOptional(),
        wmin: count.exactOptional(),
        h: count.exactOptional(),
        hmin: count.exactOptional(),
        mimes: z.array(z.string()).max(20).exactOptional(),
      })
      .exactOptional(),
    video: z.object({}).exactOptional(),
    data: z.object({ type: z.int(), len: count.exactOptional() }).exactOptional(),
  })
  .refine(
    ({ title, img, video, data }) => [title, img, video, data].filter(Boolean).length === 1,
    "Exactly one of title, img, video and data.",
  );

const nativeAsk = z.object({
  ver: z.string().max(10).exactOptional(),
  assets: z
    .array(assetAsk)
    .min(1)
    .max(50)
    .refine((assets) => new Set(assets.map(({ id }) => id)).size === assets.length, "No two assets have the same id."),
  eventtrackers: z
    .array(z.object({ event: z.int(), methods: z.array(z.int()).max(20) }))
    .max(20)
    .exactOptional(),
});

/**
 * What a native markup request says, or what is wrong with it: the impression is then not bid for, and the others are
 * (Native 1.2 §4.1). In version 1.0 the root was `{"native": …}`; both are taken.
 */
function nativeIn(text: string, ver: string | undefined): { readonly value: NativeAsk } | { readonly faults: readonly Reason[] } {
  const json = jsonIn(text);
  if (json === undefined) return { faults: [{ code: "not-json", field: "", detail: "native.request is one JSON object, as a string." }] };
  const wrapped = typeof json === "object" && json !== null && "native" in json && !("assets" in json);
  const found = fromOutside(nativeAsk, wrapped ? json.native : json);
  if ("faults" in found) return found;
  const { ver: own = ver ?? (wrapped ? "1.0" : "1.2"), ...asked } = found.value as z.output<typeof nativeAsk>;
  return { value: { ...asked, ver: own, wrapped } };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const native = z
  .object({ request: z.string().max(32_768), ver: z.string().max(10).exactOptional() })
  .transform(({ request, ver }) => ({ request: nativeIn(request, ver) }));

const deal = z.object({
  id: theirId,
  bidfloor: z.number().exactOptional(),
  wseat: ids(1_000).exactOptional(),
  wadomain: ids(1_000).exactOptional(),
});

const imp = z.object({
  id: theirId,
  native: native.exactOptional(),
  pmp: z.object({ private_auction: z.int().exactOptional(), deals: z.array(deal).max(100).exactOptional() }).exactOptional(),
  bidfloor: z.number().exactOptional(),
  exp: z.int().exactOptional(),
  secure: z.int().exactOptional(),
});

/** What we read of a BidRequest (OpenRTB 2.6 §3.2). Not strict: the standard has unknown fields ignored (§2.6). */
const bidRequest = z.object({
  id: theirId,
  imp: z
    .array(imp)
    .min(1)
    .max(10)
    .refine((imps) => new Set(imps.map(({ id }) => id)).size === imps.length, "No two impressions have the same id."),
  user: z
    .object({
      id: z.string().min(1).max(128).exactOptional(),
      buyeruid: z.string().min(1).max(128).exactOptional(),
      data: z
        .array(
          z.object({
            segment: z
              .array(z.object({ id: words.exactOptional() }))
              .max(100)
              .exactOptional(),
          }),
        )
        .max(20)
        .exactOptional(),
    })
    .exactOptional(),
  app: z.object({ ver: words.exactOptional() }).exactOptional(),
  device: z
    .object({
      os: words.exactOptional(),
      ifa: z.string().min(1).max(128).exactOptional(),
      lmt: z.int().exactOptional(),
      ip: words.exactOptional(),
      ipv6: words.exactOptional(),
      geo: z.object({ country: words.exactOptional(), region: words.exactOptional() }).exactOptional(),
      ext: z.object({ installedApps: z.array(slug).max(20).exactOptional() }).exactOptional(),
    })
    .exactOptional(),
  test: z.int().exactOptional(),
  tmax: z.int().exactOptional(),
  cur: z
    .array(z.string().regex(/^[A-Z]{3}$/, "An ISO 4217 code."))
    .max(200)
    .exactOptional(),
  wseat: ids(1_000).exactOptional(),
  bseat: ids(1_000).exactOptional(),
  badv: ids(1_000).exactOptional(),
  bapp: ids(1_000).exactOptional(),
});

const noBid = z.object({
  impid: z.string(),
  nbr: z.int(),
  reason: z.enum(Object.keys(NO_BID) as [NoBidReason, ...NoBidReason[]]),
  errors: z
    .array(z.object({ code: z.string(), field: z.string(), detail: z.string().exactOptional() }))
    .readonly()
    .exactOptional(),
});

const bid = z.object({
  id: z.string(),
  impid: z.string(),
  price: z.number(),
  mtype: z.int(),
  adm: z.string(),
  adomain: z.array(z.string()),
  iurl: z.url().exactOptional(),
  cid: z.string(),
  crid: z.string(),
  dealid: z.string().exactOptional(),
  exp: z.int(),
  ext: z.object({ grant: z.string(), season: z.string(), phase: z.string(), template: z.string() }),
});

export const openrtb = {
  bid: {
    method: "POST",
    path: "/openrtb2/{surface}/bid",
    action: "openrtb:bid",
    summary: "OpenRTB 2.6 with Native 1.2: cards for the impressions of a bid request, at no price, or with the reason why there is none.",
    params: z.strictObject({ surface: slug }),
    body: bidRequest,
    status: 200,
    reply: z.object({
      id: z.string(),
      cur: z.string().exactOptional(),
      seatbid: z.array(z.object({ seat: z.string(), bid: z.array(bid) })),
      nbr: z.int().exactOptional(),
      ext: z.object({ nobids: z.array(noBid) }).exactOptional(),
    }),
    refusals: ["not-found"],
    headers: { "x-openrtb-version": "2.6" },
  },
} as const satisfies Record<string, Endpoint>;
