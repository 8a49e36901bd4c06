import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { Template } from "../../lib/domain/surface.ts";

/** A file for a card, and the role it has there. */
export interface PlainImage {
  readonly role: string;
  readonly sha256: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

/** Images that the template takes, each of one colour made from `seed`, so that no two cards' need be the same. */
export const plainImages = ({ images }: Template, seed: string): PlainImage[] =>
  images.flatMap(({ role, count, width, height }) =>
    Array.from({ length: count }, (_, index) => {
      const colour = createHash("sha256").update(`${seed} ${role} ${index}`).digest().subarray(0, 3);
      const bytes = plainPng(width, height, colour);
      return { role, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
    }),
  );

/** How a card names them. */
export const asUsed = (images: readonly PlainImage[]) => images.map(({ role, sha256 }) => ({ role, sha256 }));

/** A PNG of one colour (three bytes: red, green, blue): a palette of it alone, one bit to the pixel. */
export function plainPng(width: number, height: number, colour: Uint8Array): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Bit depth 1, colour type 3: indexed; then the only methods there are, not interlaced (PNG §11.2.2).
  header.set([1, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    ...[chunk("IHDR", header), chunk("PLTE", colour), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))],
  ]);
}

/** A chunk of a PNG: length, name, content, checksum. */
export function chunk(name: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
