import type { Reason } from "../domain/refusal.ts";
import { SESSION } from "../domain/separation.ts";
import { SYSTEMS } from "../domain/targeting.ts";
import { Faults, like, listOf, objectOf, oneOf, type Shape, textWithin, wholeBetween } from "./shape.ts";

const slug = like(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "Lower-case letters, digits and inner hyphens, at most 64.");

const region = like(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, "An ISO 3166-2 code like CN-SH.");
const hostVersion = like(/^[0-9]{1,5}(?:\.[0-9]{1,5}){0,3}$/, "Up to four numbers with dots between.");

/** What `decisions.decide.body` says, for the function that has no zod (docs/decisions/0019-hot-path.md); a test holds the two together. */
const request: Shape = objectOf(
  {
    surface: slug,
    slots: wholeBetween(1, 10),
    viewer: objectOf(
      { key: textWithin(1, 128), installedApps: listOf(slug, 20) },
      { os: oneOf(...SYSTEMS), region, hostVersion, segments: listOf(slug, 50), network: textWithin(1, 64) },
    ),
  },
  { deadlineMs: wholeBetween(20, 1_000), session: like(SESSION, "What the last answer said.") },
);

/** Whether the value is a request for a decision. */
export const isRequest = (value: unknown): boolean => request(value, null);

/** Every way in which the value is no request for a decision, each with a JSON pointer; none when it is one. */
export function requestFaults(value: unknown): readonly Reason[] {
  const faults = new Faults();
  request(value, faults);
  return faults.found;
}
