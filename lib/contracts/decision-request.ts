import type { Reason } from "../domain/refusal.ts";
import { like, listOf, objectOf, type Shape, textWithin, wholeBetween } from "./shape.ts";

const slug = like(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "Lower-case letters, digits and inner hyphens, at most 64.");

/** What `decisions.decide.body` says, for the function that has no zod (docs/decisions/0017-hot-path.md); a test holds the two together. */
const request: Shape = objectOf({
  surface: slug,
  slots: wholeBetween(1, 10),
  viewer: objectOf({ key: textWithin(1, 128), installedApps: listOf(slug, 20) }),
});

/** Every way in which the value is no request for a decision, each with a JSON pointer; none when it is one. */
export function requestFaults(value: unknown): readonly Reason[] {
  const faults: Reason[] = [];
  request(value, "", faults);
  return faults;
}
