import type { BidRequest, Deal, Imp } from "iab-openrtb/v26";
import type { Reason } from "../refusal.ts";

/** An asset of a native request: exactly one of the four (Native 1.2 §4.2). */
export interface AssetAsk {
  readonly id: number;
  readonly required: number;
  /** `len` in characters. */
  readonly title?: { readonly len: number };
  readonly img?: ImageAsk;
  readonly video?: unknown;
  readonly data?: { readonly type: number; readonly len?: number };
}

/** Pixels. Where only `w` or `h` is given, it is exact (Native 1.2 §4.4). */
export interface ImageAsk {
  readonly type?: number;
  readonly w?: number;
  readonly wmin?: number;
  readonly h?: number;
  readonly hmin?: number;
  readonly mimes?: readonly string[];
}

/** A native markup request (Native 1.2 §4.1). */
export interface NativeAsk {
  readonly ver?: string;
  readonly assets: readonly AssetAsk[];
  readonly eventtrackers?: readonly { readonly event: number; readonly methods: readonly number[] }[];
  /** It came inside `{"native": …}`, as version 1.0 was read, and its answer goes out the same way. */
  readonly wrapped: boolean;
}

/** A deal is a grant. */
export type DealAsk = Pick<Deal, "id" | "bidfloor" | "wseat" | "wadomain">;

export interface ImpAsk extends Pick<Imp, "id" | "bidfloor" | "exp"> {
  readonly native?: { readonly request: { readonly value: NativeAsk } | { readonly faults: readonly Reason[] } };
  readonly pmp?: { readonly private_auction?: number; readonly deals?: readonly DealAsk[] };
  readonly secure?: number;
}

/** What we read of a bid request (OpenRTB 2.6 §3.2); the rest is ignored, as the standard wants it. */
export interface BidAsk extends Pick<BidRequest, "id" | "tmax" | "cur" | "wseat" | "bseat" | "badv" | "bapp"> {
  readonly imp: readonly ImpAsk[];
  readonly test?: number;
  readonly user?: {
    readonly id?: string;
    readonly buyeruid?: string;
    readonly data?: readonly { readonly segment?: readonly { readonly id?: string }[] }[];
  };
  readonly app?: { readonly ver?: string };
  readonly device?: {
    readonly os?: string;
    readonly ifa?: string;
    readonly ip?: string;
    readonly ipv6?: string;
    readonly lmt?: number;
    readonly geo?: { readonly country?: string; readonly region?: string };
    /** Ours: apps by the names that `POST /v1/decisions` takes. */
    readonly ext?: { readonly installedApps?: readonly string[] };
  };
}
