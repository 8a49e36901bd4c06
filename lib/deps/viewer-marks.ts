import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { configure, settings } from "../config.ts";
import { derivedKey } from "./derived-key.ts";

/** Rotations that may be asked for about the same time: of each host's season, the one that ends and the one that begins. */
const MOST_KEYS = 16;

/**
 * Under what name what a viewer was shown is kept: by a key of its own for each rotation of a season, made from the viewer key, so that
 * nobody without it finds a viewer, and nothing leads from one rotation to the next (reliability.md P10, T20).
 */
export const viewerMarks = () => marksUnder(configure(settings.viewers).VIEWER_KEY);

/** As `viewerMarks`, under this key. */
export function marksUnder(setting: string): (season: string, rotation: number, viewer: string) => string {
  const keys = new Map<string, KeyObject>();
  const keyOf = (purpose: string) => {
    const key = keys.get(purpose) ?? createSecretKey(derivedKey(setting, purpose));
    if (keys.size >= MOST_KEYS) keys.clear();
    keys.set(purpose, key);
    return key;
  };
  return (season, rotation, viewer) =>
    createHmac("sha256", keyOf(`seasongate viewer counts ${season} ${rotation}`))
      .update(viewer)
      .digest("base64url");
}
