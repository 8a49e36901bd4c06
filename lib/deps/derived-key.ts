import { hkdfSync } from "node:crypto";

/** A key of its own for a purpose, made from the secret of a `<key id>:<secret>` by HKDF (RFC 5869), which keeps the purposes apart. */
export const derivedKey = (setting: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", setting.slice(setting.indexOf(":") + 1), "", purpose, 32));
