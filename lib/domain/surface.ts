import type { Names } from "./names.ts";
import type { Separation } from "./separation.ts";

/** Limits of one text field, in wide characters (`wideLength`). */
export interface TextLimit {
  readonly min: number;
  readonly max: number;
}

export type ImageType = "image/png" | "image/jpeg";

export interface ImageLimit {
  readonly role: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly maxBytes: number;
  readonly types: readonly ImageType[];
}

/** The form of a card the host can draw. */
export interface Template {
  readonly id: string;
  readonly names: Names;
  readonly text: Readonly<Record<string, TextLimit>>;
  readonly images: readonly ImageLimit[];
}

export interface ForbiddenText {
  readonly code: string;
  readonly pattern: RegExp;
  readonly why: string;
}

/** A place in a host's feed. All of it is data: `resources/surfaces/`. */
export interface Surface {
  readonly id: string;
  readonly host: string;
  /** The host itself sees to it that nobody is shown a card too often: then nothing of viewers is counted here. */
  readonly hostCapsFrequency: boolean;
  readonly names: Names;
  /** What says on every card that it is an advert. */
  readonly label: Names;
  /** Of cards in one viewer's feed. */
  readonly separation: Separation;
  readonly templates: readonly Template[];
  readonly forbiddenText: readonly ForbiddenText[];
  readonly callsToAction: readonly string[];
  /** Hosts that monitoring links may be on, exactly these. */
  readonly monitoringHosts: readonly string[];
  readonly impressionTokenSeconds: number;
  readonly clickTokenSeconds: number;
}
