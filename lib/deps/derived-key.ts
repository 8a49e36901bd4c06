import { hkdfSync } from "node:crypto";

/**
 * A key of its own for a purpose, made by HKDF (RFC 5869), which keeps the purposes apart, from the secret of a `<key id>:<secret>`; of
 * two with a comma between, from the one that signs.
 */
export const derivedKey = (setting: string, purpose: string): Buffer => {
  const [entry = ""] = setting.split(",");
  return Buffer.from(hkdfSync("sha256", entry.slice(entry.indexOf(":") + 1), "", purpose, 32));
};
