import { ulid } from "ulid";
import type { NewId, NewSeed } from "../app/ports/world.ts";

/** `app_01J8…`: a ULID behind the prefix of its kind. */
export const newId: NewId = (prefix) => `${prefix}_${ulid()}`;

/** 72 random bits as text, for what has to be told from all others and nothing more. */
export const newNonce = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(9))).toString("base64url");

/** 64 random bits: decisions made in the same millisecond differ by them alone. */
export const newSeed: NewSeed = () => {
  const [one = 0, other = 0] = crypto.getRandomValues(new Uint32Array(2));
  return [one, other];
};
