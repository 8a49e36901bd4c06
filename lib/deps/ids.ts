import { ulid } from "ulid";
import type { NewId, NewSeed } from "../app/ports/world.ts";

/** `app_01J8…`: a ULID behind the prefix of its kind. */
export const newId: NewId = (prefix) => `${prefix}_${ulid()}`;

/** 64 random bits: decisions made in the same millisecond differ by them alone. */
export const newSeed: NewSeed = () => {
  const [one = 0, other = 0] = crypto.getRandomValues(new Uint32Array(2));
  return [one, other];
};
