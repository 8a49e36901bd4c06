import { createHash } from "node:crypto";
import type { EventIds } from "../app/ports/world.ts";

/** 128 bits, in base64url. */
const LENGTH = 22;

/** Made from the decision's id, which holds a signature: nobody without it can tell whose event an id is of, or make another's. */
export const eventIds: EventIds = (kind, decision, slot) =>
  createHash("sha256").update(`${kind} ${decision} ${slot}`).digest("base64url").slice(0, LENGTH);
