import { timingSafeEqual } from "node:crypto";
import { configure, settings } from "../config.ts";
import type { Signer } from "../domain/event-token.ts";
import { derivedKey } from "./derived-key.ts";
import { hmacSha256 } from "./hmac.ts";

/** Signs and checks impression and click addresses, under the event key. */
export const eventSigner = (): Signer => hmacSigner(configure(settings.events).EVENT_KEY);

/** Signs and checks the ids of decisions, under the decision key. */
export const decisionSigner = (): Signer => hmacSigner(configure(settings.decisions).DECISION_KEY);

/**
 * Signs the ids of decisions made for bid requests, under a key of its own made from the decision key (HKDF, RFC 5869): what an
 * impression held back is not in such an id, so it cannot be made again, and whoever replays has to see that.
 */
export function bidSigner(): Signer {
  const setting = configure(settings.decisions).DECISION_KEY;
  const colon = setting.indexOf(":");
  const own = derivedKey(setting, "seasongate bids");
  return hmacSigner(`${setting.slice(0, colon)}:${own.toString("base64url")}`);
}

const WHOLE = [0] as const;

/** HMAC-SHA256 under a key given as `<key id>:<secret>`. */
export function hmacSigner(setting: string): Signer {
  const colon = setting.indexOf(":");
  const keyId = setting.slice(0, colon);
  const sign = hmacSha256(Buffer.from(setting.slice(colon + 1)));
  return {
    keyId,
    sign,
    verify(namedKey, text, signature, part) {
      // As text, since base64url has several spellings of the same bytes: only ours is accepted.
      const expected = Buffer.from(sign(text).slice(...(part ?? WHOLE)));
      const given = Buffer.from(signature);
      return namedKey === keyId && given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** What impression and click addresses begin with. */
export const publicUrl = (): string => configure(settings.events).PUBLIC_URL;

/** The domain that such addresses are of. */
export const publicDomain = (): string => new URL(publicUrl()).hostname;
