import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { configure, settings } from "../config.ts";
import type { Signer } from "../domain/event-token.ts";

/** HMAC-SHA256 under the event key. A KeyObject, since a Buffer key is prepared anew at every call. */
export function eventSigner(): Signer {
  const { EVENT_KEY } = configure(settings.events);
  const colon = EVENT_KEY.indexOf(":");
  const keyId = EVENT_KEY.slice(0, colon);
  const key = createSecretKey(EVENT_KEY.slice(colon + 1), "utf8");
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
