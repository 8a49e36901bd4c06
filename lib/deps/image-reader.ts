import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { imageSize } from "image-size";
import type { ReadImage } from "../app/ports/images.ts";
import { Refusal } from "../domain/refusal.ts";
import type { ImageType } from "../domain/surface.ts";

/** No template asks for as many. Pixels along one side. */
const LONGEST_SIDE = 20_000;
const PNG_SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** A chunk is its length, its name, its content and its checksum (PNG §5.3). */
const CHUNK_BYTES = 12;
/** JPEG markers (ITU-T T.81 table B.1): start of scan, APP2 (where multi-picture files say so), end of image. */
const [SOS, APP2] = [0xda, 0xe2];
const EOI = Buffer.from("ffd9", "hex");

/**
 * Measures a PNG or a JPEG by its content: whole, of one upright picture, of the type it is said to have. `image-size` reads the
 * header alone, and is asked only about what begins like one of the two; that the rest is there is seen here. @throws Refusal `not-an-image`.
 */
export const readImage: ReadImage = ({ type: claimed, bytes }) => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = typeOf(file);
  if (type !== claimed) throw no("image-type-differs", `It is said to be ${claimed}, and is ${type}.`);
  const faults = type === "image/png" ? pngFault(file) : jpegFault(file);
  if (faults) throw faults;
  const { width, height, orientation = 1 } = sizeOf(file);
  if (orientation !== 1) throw no("image-rotated", "It is turned by its EXIF orientation: save it upright.");
  if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE)
    throw no("image-size", `Each side has 1 to ${LONGEST_SIDE} pixels.`);
  return { sha256: createHash("sha256").update(file).digest("hex"), type, width, height, bytes: file.length };
};

const no = (code: string, detail: string) => new Refusal("not-an-image", [{ code, field: "", detail }]);
const broken = (detail: string) => no("image-broken", detail);

function typeOf(file: Buffer): ImageType {
  if (file.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return "image/png";
  if (file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff) return "image/jpeg";
  throw no("image-type-unknown", "It is neither a PNG nor a JPEG.");
}

function sizeOf(file: Buffer): { readonly width: number; readonly height: number; readonly orientation?: number | undefined } {
  try {
    return imageSize(file);
  } catch (error) {
    // Whatever a header says, the library reads past its end at worst: its errors are about the file.
    throw broken(error instanceof Error ? error.message : "Its header cannot be read.");
  }
}

/** Its chunks, each with its checksum, from IHDR to IEND and nothing behind; `acTL` is what animates a PNG. */
function pngFault(file: Buffer): Refusal | undefined {
  const names: string[] = [];
  for (let at = PNG_SIGNATURE.length; at < file.length; ) {
    if (at + CHUNK_BYTES > file.length) return broken("It ends inside a chunk.");
    const end = at + CHUNK_BYTES + file.readUInt32BE(at);
    if (end > file.length) return broken("It ends inside a chunk.");
    if (crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) return broken("A checksum is wrong.");
    names.push(file.toString("latin1", at + 4, at + 8));
    if (names.at(-1) === "IEND" && end < file.length) return broken("There is something behind its end.");
    at = end;
  }
  if (names.includes("acTL")) return no("image-animated", "It is animated: send one picture.");
  const isWhole = names[0] === "IHDR" && names.includes("IDAT") && names.at(-1) === "IEND";
  return isWhole ? undefined : broken("It is not whole: IHDR, IDAT and IEND have to be there.");
}

/** Its segments up to the picture, and its end mark last. */
function jpegFault(file: Buffer): Refusal | undefined {
  if (!file.subarray(-EOI.length).equals(EOI)) return broken("It does not end with its end mark.");
  for (let at = 2; at + 4 <= file.length; ) {
    const marker = file[at + 1];
    if (file[at] !== 0xff || marker === undefined) return broken("A segment does not begin where the last one ends.");
    if (marker === SOS) return undefined;
    if (marker === APP2 && file.toString("latin1", at + 4, at + 8) === "MPF\0")
      return no("image-many", "It holds several pictures: send one.");
    at += 2 + file.readUInt16BE(at + 2);
  }
  return broken("There is no picture in it.");
}
