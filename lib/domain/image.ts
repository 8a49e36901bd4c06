import type { ImageType } from "./surface.ts";

/** An image as it was measured when it was uploaded, under the SHA-256 of its file: pixels and bytes. */
export interface StoredImage {
  readonly sha256: string;
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** An image in its place on a card. */
export interface Image extends StoredImage {
  readonly role: string;
}
