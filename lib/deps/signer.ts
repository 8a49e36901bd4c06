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

/** HMAC-SHA256 under a key given as `<key id>:<secret>`; of two with a comma between, the first signs and either verifies. */
export function hmacSigner(setting: string): Signer {
  const keys = setting.split(",").map((entry) => {
    const colon = entry.indexOf(":");
    return { id: entry.slice(0, colon), sign: hmacSha256(Buffer.from(entry.slice(colon + 1))) };
  }) as [Key, ...Key[]];
  const [{ id: keyId, sign }] = keys;
  return {
    keyId,
    sign,
    verify(namedKey, text, signature, part) {
      const key = keys.find(({ id }) => id === namedKey);
      if (!key) return false;
      // As text, since base64url has several spellings of the same bytes: only ours is accepted.
      const expected = Buffer.from(key.sign(text).slice(...(part ?? WHOLE)));
      const given = Buffer.from(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

interface Key {
  readonly id: string;
  readonly sign: (text: string) => string;
}

/** What impression and click addresses begin with. */
export const publicUrl = (): string => configure(settings.events).PUBLIC_URL;

/** The domain that such addresses are of. */
export const publicDomain = (): string => new URL(publicUrl()).hostname;
