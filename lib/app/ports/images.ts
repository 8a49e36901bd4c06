import type { StoredImage } from "../../domain/image.ts";

/** A file as it was sent. */
export interface SentImage {
  /** The media type it is claimed to have. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Measures an image by its content. @throws Refusal `not-an-image`, saying why. */
export type ReadImage = (sent: SentImage) => StoredImage;

/** Images, each under its fingerprint for all, and whose it is. @throws Unavailable. */
export interface ImageStore {
  /** Once however often it is called, by whomever. */
  keep(brand: string, image: StoredImage, bytes: Uint8Array): Promise<void>;
  /** Those of these that the brand has uploaded. */
  ofBrand(brand: string, fingerprints: readonly string[]): Promise<readonly StoredImage[]>;
  /** With its file; undefined when nobody has uploaded it. */
  find(fingerprint: string): Promise<(StoredImage & { readonly file: Uint8Array<ArrayBuffer> }) | undefined>;
}
