import { Refusal } from "../domain/refusal.ts";
import type { Call, PublicCall } from "./ports/call.ts";
import type { ImageStore, ReadImage, SentImage } from "./ports/images.ts";

interface Deps {
  readonly images: ImageStore;
  readonly readImage: ReadImage;
}

/** A brand uploads an image for its cards; the same file again is the same image. @throws Refusal `not-an-image`. */
export const uploadImage =
  ({ images, readImage }: Deps) =>
  async ({ user, body }: Call<unknown, unknown, SentImage>) => {
    const image = readImage(body);
    await images.keep(user.tenant, image, body.bytes);
    return image;
  };

/** An image's file, to whoever knows its fingerprint. @throws Refusal `not-found`. */
export const showImage =
  ({ images }: Pick<Deps, "images">) =>
  async ({ params }: PublicCall<{ fingerprint: string }>) => {
    const found = await images.find(params.fingerprint);
    if (!found) throw new Refusal("not-found");
    return { type: found.type, file: found.file };
  };
