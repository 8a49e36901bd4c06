import { configure, settings } from "../config.ts";
import type { Signer } from "../domain/event-token.ts";
import { hmacSigner } from "./signer.ts";

/** HMAC-SHA256 under the cursor key. One key, one purpose: what signs cursors cannot make an impression or a click. */
export const cursorSigner = (): Signer => hmacSigner(configure(settings.cursors).CURSOR_KEY);

/** Whom to write to about the public whitelist. */
export const whitelistContact = (): string => configure(settings.whitelist).WHITELIST_CONTACT;
