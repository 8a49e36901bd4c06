import { createHmac } from "node:crypto";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { hmacSha256 } from "../../../lib/deps/hmac.ts";

const hex = (text: string) => Buffer.from(text, "hex");

test.each([
  ["1", Buffer.alloc(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  ["2", Buffer.from("Jefe"), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [
    "6",
    Buffer.alloc(131, 0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
])("RFC 4231, case %s", (_case, key, text, mac) => {
  expect(hmacSha256(key)(text)).toBe(hex(mac).toString("base64url"));
});

test.each([
  ["of ASCII", fc.uint8Array({ min: 0, max: 0x7f, maxLength: 64 })],
  ["of any bytes", fc.uint8Array({ maxLength: 200 })],
])("is what createHmac makes, for any key %s and any text, one after another", (_what, key) => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary", minLength: 1_000, maxLength: 3_000 }),
    fc.string({ maxLength: 400 }),
    fc.constant("\ud800 alone"),
  );
  fc.assert(
    fc.property(key, fc.array(text, { minLength: 1, maxLength: 4 }), (secret, texts) => {
      const sign = hmacSha256(Buffer.from(secret));
      for (const each of texts) expect(sign(each)).toBe(createHmac("sha256", secret).update(each).digest("base64url"));
    }),
    { numRuns: 300 },
  );
});
