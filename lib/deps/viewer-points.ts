import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { PointOf } from "../app/ports/world.ts";
import { configure, settings } from "../config.ts";
import { EVERYBODY } from "../domain/ring.ts";
import { derivedKey } from "./derived-key.ts";

/** Where viewers stand, under a key of its own made from the viewer key: one that changes deals viewers anew. */
export const viewerPoints = (): PointOf => pointsUnder(configure(settings.viewers).VIEWER_KEY);

/** What deals viewers into rings signs nothing. */
export function pointsUnder(setting: string): PointOf {
  let key: KeyObject | undefined;
  // When it is first needed: most seasons have no rings, and a cold start waits for everything.
  const ownKey = () => {
    key ??= createSecretKey(derivedKey(setting, "seasongate viewer points"));
    return key;
  };
  // Neither part can hold a NUL: two pairs are never the same text. 48 bits leave no share visibly wrong.
  return (season, viewer) => createHmac("sha256", ownKey()).update(`${season}\0${viewer}`).digest().readUIntBE(0, 6) % EVERYBODY;
}
