import { expect, test } from "@jest/globals";
import { isFor, type Profile, type Targeting } from "../../../lib/domain/targeting.ts";

const EVERYBODY: Targeting = { os: null, regions: null, segments: { any: [], none: [] }, hostVersion: null };
const viewer: Profile = { os: "ios", region: "CN-SH", segments: ["parents", "runners"], hostVersion: "8.0.49" };

test.each<[string, Partial<Targeting>, Profile, boolean]>([
  ["nothing asked, nothing told", {}, {}, true],
  ["the system that is asked", { os: ["android", "ios"] }, viewer, true],
  ["another system", { os: ["harmonyos"] }, viewer, false],
  ["a system that is not told", { os: ["ios"] }, {}, false],
  ["no system at all", { os: [] }, viewer, false],
  ["the region that is asked", { regions: ["CN-BJ", "CN-SH"] }, viewer, true],
  ["another region", { regions: ["CN-BJ"] }, viewer, false],
  ["a region that is not told", { regions: ["CN-SH"] }, { os: "ios" }, false],
  ["in one of the segments", { segments: { any: ["swimmers", "runners"], none: [] } }, viewer, true],
  ["in none of them", { segments: { any: ["swimmers"], none: [] } }, viewer, false],
  ["segments that are not told", { segments: { any: ["runners"], none: [] } }, {}, false],
  ["in a segment that is left out", { segments: { any: ["runners"], none: ["parents"] } }, viewer, false],
  ["not known to be in one that is left out", { segments: { any: [], none: ["parents"] } }, {}, true],
  ["the very version", { hostVersion: { min: "8.0.49" } }, viewer, true],
  ["a later one, number by number", { hostVersion: { min: "8.0.5" } }, viewer, true],
  ["an earlier one", { hostVersion: { min: "8.0.50" } }, viewer, false],
  ["an earlier one of fewer numbers", { hostVersion: { min: "8.1" } }, viewer, false],
  ["one that has more numbers than are asked", { hostVersion: { min: "8" } }, viewer, true],
  ["one that has fewer", { hostVersion: { min: "8.0.0.0" } }, { hostVersion: "8" }, true],
  ["a version that is not told", { hostVersion: { min: "1" } }, {}, false],
])("%s", (_says, targeting, profile, expected) => {
  expect(isFor({ ...EVERYBODY, ...targeting }, profile)).toBe(expected);
});
