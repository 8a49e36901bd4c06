import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { sha256 } from "./primitives.ts";

const types = ["image/png", "image/jpeg"] as const;

/** What was measured of an image, under the digest of its file. */
export const measured = {
  sha256,
  type: z.enum(types),
  width: z.int().min(1),
  height: z.int().min(1),
  bytes: z.int().min(1),
};

export const storedImage = z.object(measured).meta({ id: "StoredImage" });

/** More than any template takes. Bytes. */
const LARGEST = 512 * 1024;
const file = z.string().meta({ contentEncoding: "binary" });

export const images = {
  upload: {
    method: "POST",
    path: "/v1/images",
    action: "image:upload",
    summary:
      "Upload an image for your cards, which then name it by its `sha256`. Its type and size are taken from the file: a whole PNG or JPEG of one picture, upright. The same file again is the same image.",
    upload: { types: { "image/png": file, "image/jpeg": file }, mostBytes: LARGEST },
    status: 201,
    reply: storedImage,
    refusals: ["not-an-image"],
  },
  show: {
    method: "GET",
    path: "/images/{fingerprint}",
    action: "image:show",
    summary: "An uploaded image, as it was sent, to whoever knows its fingerprint.",
    params: z.strictObject({ fingerprint: sha256 }),
    status: 200,
    reply: z.object({ type: z.enum(types), file: z.instanceof(Uint8Array) }),
    gives: types,
    refusals: ["not-found"],
    cacheControl: "public, max-age=31536000, immutable",
  },
} as const satisfies Record<string, Endpoint>;
