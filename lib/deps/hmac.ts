import { createHash, createHmac, hash } from "node:crypto";

/** SHA-256 works on blocks of so many bytes, which is how long a key is made for HMAC. */
const BLOCK = 64;
const DIGEST = 32;
/** Bytes below are characters of UTF-8 by themselves. */
const ASCII = 0x80;

/**
 * HMAC-SHA256 (RFC 2104) in base64url, of texts under one key. Put together from two calls of Node's one-shot hash, which takes less
 * than half the time of `createHmac`: a decision is mostly its two signatures. Under a key of ASCII, as ours are, the inner hash is of a
 * text, which costs less than bytes. A test holds it to `createHmac` and to RFC 4231's vectors.
 */
export function hmacSha256(secret: Buffer): (text: string) => string {
  const key = Buffer.alloc(BLOCK);
  (secret.length > BLOCK ? createHash("sha256").update(secret).digest() : secret).copy(key);
  if (key.some((byte) => byte >= ASCII)) return (text) => createHmac("sha256", key).update(text).digest("base64url");
  const inner = Buffer.from(key.map((byte) => byte ^ 0x36)).toString("latin1");
  const outer = Buffer.alloc(BLOCK + DIGEST);
  outer.set(key.map((byte) => byte ^ 0x5c));
  return (text) => {
    outer.write(hash("sha256", inner + text, "binary"), BLOCK, "latin1");
    return hash("sha256", outer, "base64url");
  };
}
