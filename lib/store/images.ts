import type { ImageStore } from "../app/ports/images.ts";
import { storedImage } from "../contracts/images.ts";
import { restored, stored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** An item holds at most 400 KB, keys and names included. Bytes. */
const PART_BYTES = 350_000;

/**
 * Images in the Delivery table, cut into parts under the digest of their file, and a row for each brand that has uploaded one. Every
 * write is of what its key says, so that it can be done again; each comes after what it leads to.
 */
export function imageStore(delivery: Table): ImageStore {
  return {
    async keep(brand, image, bytes) {
      const { sha256 } = image;
      const parts = Math.ceil(bytes.length / PART_BYTES);
      for (let part = 0; part < parts; part++)
        await delivery.put({
          ...keys.imagePart(sha256, part),
          bytes: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
        });
      const item = { ...stored(storedImage, image), parts };
      await delivery.put({ ...keys.image(sha256), ...item });
      await delivery.put({ ...keys.imageOfBrand(sha256, brand), ...item });
    },

    async ofBrand(brand, fingerprints) {
      const items = await Promise.all(fingerprints.map((sha256) => delivery.get(keys.imageOfBrand(sha256, brand))));
      return items.flatMap((item) => (item ? [restored(storedImage, item)] : []));
    },

    async find(fingerprint) {
      const item = await delivery.get(keys.image(fingerprint));
      if (!item) return undefined;
      const parts = Array.from({ length: Number(item["parts"]) }, (_, part) => delivery.get(keys.imagePart(fingerprint, part)));
      const bytes = (await Promise.all(parts)).map((part) => part?.["bytes"] as Uint8Array);
      return { ...restored(storedImage, item), file: Buffer.concat(bytes) };
    },
  };
}
