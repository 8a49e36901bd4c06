import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from "node:crypto";
import { configure, settings } from "../config.ts";
import type { Signer } from "../domain/event-token.ts";

/** Signs and checks impression and click addresses, under the event key. */
export const eventSigner = (): Signer => hmacSigner(configure(settings.events).EVENT_KEY);

/** Signs and checks the ids of decisions, under the decision key. */
export const decisionSigner = (): Signer => hmacSigner(configure(settings.decisions).DECISION_KEY);

/**
 * Signs the ids of decisions made for bid requests, under a key of its own made from the decision key (HKDF, RFC 5869): what an
 * exchange narrowed such a decision to is not in its id, so it cannot be made again, and whoever replays has to see that.
 */
export function bidSigner(): Signer {
  const setting = configure(settings.decisions).DECISION_KEY;
  const colon = setting.indexOf(":");
  const own = Buffer.from(hkdfSync("sha256", setting.slice(colon + 1), "", "seasongate bids", 32));
  return hmacSigner(`${setting.slice(0, colon)}:${own.toString("base64url")}`);
}

/** HMAC-SHA256 under a key given as `<key id>:<secret>`. A KeyObject, since a Buffer key is prepared anew at every call. */
export function hmacSigner(setting: string): Signer {
  const colon = setting.indexOf(":");
  const keyId = setting.slice(0, colon);
  const key = createSecretKey(setting.slice(colon + 1), "utf8");
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  return {
    keyId,
    sign: (text) => digest(text).toString("base64url"),
    verify(namedKey, text, signature) {
      const expected = digest(text);
      const given = Buffer.from(signature, "base64url");
      // Base64url has several spellings of the same bytes; only ours is accepted.
      return (
        namedKey === keyId &&
        given.length === expected.length &&
        timingSafeEqual(given, expected) &&
        given.toString("base64url") === signature
      );
    },
  };
}

/** What impression and click addresses begin with. */
export const publicUrl = (): string => configure(settings.events).PUBLIC_URL;
