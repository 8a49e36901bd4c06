import { ulid } from "ulid";
import type { NewId } from "../app/ports/world.ts";

/** `app_01J8…`: a ULID behind the prefix of its kind. */
export const newId: NewId = (prefix) => `${prefix}_${ulid()}`;
