import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { readImage } from "../../../lib/deps/image-reader.ts";
import { Refusal } from "../../../lib/domain/refusal.ts";
import { chunk, plainPng } from "../../../scripts/local/plain-images.ts";
import { refusalOf } from "../domain/fixtures.ts";

const png = plainPng(64, 80, Buffer.from("336699", "hex"));
/** Signature, then chunks; the content of a whole PNG is cut at its own. */
const SIGNATURE = png.subarray(0, 8);
const IHDR = png.subarray(8, 33);
const REST = png.subarray(33);
const END = chunk("IEND", Buffer.alloc(0));

const segment = (marker: number, content: Uint8Array) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
const JFIF = segment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1"));
/** 80 high, 64 wide, one component. */
const FRAME = segment(0xc0, Buffer.from([8, 0, 80, 0, 64, 1, 1, 0x11, 0]));
const SCAN = Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from([1, 2, 3])]);
const [SOI, EOI] = [Buffer.from([0xff, 0xd8]), Buffer.from([0xff, 0xd9])];
const jpeg = Buffer.concat([SOI, JFIF, FRAME, SCAN, EOI]);
/** EXIF, big-endian, that says how the picture is turned. */
const turned = (orientation: number) =>
  segment(
    0xe1,
    Buffer.concat([
      Buffer.from("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", "latin1"),
      Buffer.from([orientation, 0, 0, 0, 0, 0, 0]),
    ]),
  );

const codeOf = (type: string, bytes: Uint8Array) => {
  const { code, reasons } = refusalOf(() => readImage({ type, bytes }));
  return `${code} ${reasons.map((reason) => reason.code).join(" ")}`;
};

test.each([
  ["image/png", png],
  ["image/jpeg", jpeg],
])("a whole %s is measured by its content, under its digest", (type, bytes) => {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(readImage({ type, bytes })).toEqual({ sha256, type, width: 64, height: 80, bytes: bytes.length });
});

test("it is measured where it lies in a larger buffer", () => {
  const larger = Buffer.concat([Buffer.from("xx"), png, Buffer.from("yy")]);
  expect(readImage({ type: "image/png", bytes: larger.subarray(2, -2) })).toEqual(readImage({ type: "image/png", bytes: png }));
});

test.each<[string, string, Uint8Array, string]>([
  ["a JPEG said to be a PNG", "image/png", jpeg, "image-type-differs"],
  ["a PNG said to be a JPEG", "image/jpeg", png, "image-type-differs"],
  ["a GIF", "image/png", Buffer.from("GIF89a\x01\0\x01\0", "latin1"), "image-type-unknown"],
  ["an SVG", "image/png", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="800"/>'), "image-type-unknown"],
  ["a page", "image/jpeg", Buffer.from("<!doctype html>"), "image-type-unknown"],
  ["nothing", "image/png", Buffer.alloc(0), "image-type-unknown"],
  ["a signature alone", "image/png", SIGNATURE, "image-broken"],
  ["a PNG that is cut off", "image/png", png.subarray(0, -1), "image-broken"],
  ["a PNG without an end", "image/png", png.subarray(0, -12), "image-broken"],
  ["a PNG without a picture", "image/png", Buffer.concat([SIGNATURE, IHDR, END]), "image-broken"],
  ["a PNG with something behind it", "image/png", Buffer.concat([png, Buffer.from("<script>")]), "image-broken"],
  [
    "a PNG with a bit turned",
    "image/png",
    Buffer.concat([SIGNATURE, IHDR, REST.map((byte, at) => (at === 9 ? byte ^ 1 : byte))]),
    "image-broken",
  ],
  ["an animated PNG", "image/png", Buffer.concat([SIGNATURE, IHDR, chunk("acTL", Buffer.alloc(8)), REST]), "image-animated"],
  ["a PNG of no width", "image/png", plainPng(0, 80, Buffer.alloc(3)), "image-size"],
  ["a PNG wider than any template", "image/png", plainPng(20_001, 1, Buffer.alloc(3)), "image-size"],
  ["a JPEG that is cut off", "image/jpeg", jpeg.subarray(0, -1), "image-broken"],
  ["a JPEG without a picture", "image/jpeg", Buffer.concat([SOI, JFIF, EOI]), "image-broken"],
  ["a JPEG without a frame", "image/jpeg", Buffer.concat([SOI, JFIF, SCAN, EOI]), "image-broken"],
  [
    "a JPEG whose segment leads nowhere",
    "image/jpeg",
    Buffer.concat([SOI, segment(0xe0, Buffer.from("JF")), Buffer.from("xx"), FRAME, SCAN, EOI]),
    "image-broken",
  ],
  [
    "a JPEG of several pictures",
    "image/jpeg",
    Buffer.concat([SOI, JFIF, segment(0xe2, Buffer.from("MPF\0MM", "latin1")), FRAME, SCAN, EOI]),
    "image-many",
  ],
  ["a JPEG lying on its side", "image/jpeg", Buffer.concat([SOI, turned(6), FRAME, SCAN, EOI]), "image-rotated"],
])("%s is refused", (_what, type, bytes, code) => {
  expect(codeOf(type, bytes)).toBe(`not-an-image ${code}`);
});

test("a JPEG that says it is upright is taken", () => {
  expect(readImage({ type: "image/jpeg", bytes: Buffer.concat([SOI, turned(1), FRAME, SCAN, EOI]) })).toMatchObject({
    width: 64,
    height: 80,
  });
});

describe("whatever the bytes", () => {
  const starts = [Buffer.alloc(0), SIGNATURE, png.subarray(0, 33), SOI, Buffer.concat([SOI, JFIF]), jpeg.subarray(0, -2)];

  test("it is measured or refused, and nothing else is thrown", () => {
    const bytes = fc
      .tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), fc.constantFrom(Buffer.alloc(0), EOI, END))
      .map(([start, middle, end]) => Buffer.concat([start, middle, end]));
    fc.assert(
      fc.property(bytes, fc.constantFrom("image/png", "image/jpeg"), (file, type) => {
        try {
          expect(readImage({ type, bytes: file }).bytes).toBe(file.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("a whole file with any one byte changed is measured or refused", () => {
    for (const [type, whole] of [["image/png", png] as const, ["image/jpeg", jpeg] as const])
      for (let at = 0; at < whole.length; at++)
        for (const bit of [1, 0x80, 0xff]) {
          const changed = Buffer.from(whole);
          changed[at] = (changed[at] ?? 0) ^ bit;
          try {
            readImage({ type, bytes: changed });
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        }
  });
});
