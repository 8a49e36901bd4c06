import type { Reason } from "./refusal.ts";
import { ringFaults } from "./ring.ts";
import type { HostCap, MarkLicence, Plan } from "./season.ts";

type Rules = Pick<Plan, "admissions" | "hostCaps" | "markLicences" | "rings">;

/** What keeps a season's rules from being rules one can follow, each with the element it is about. */
export const ruleFaults = ({ admissions, hostCaps, markLicences, rings }: Rules): Reason[] => [
  ...repeated(
    admissions.map(({ surface }) => surface),
    "/admissions",
  ),
  ...repeated(
    hostCaps.map(({ surface }) => surface),
    "/hostCaps",
  ),
  ...strayCaps(
    hostCaps,
    admissions.map(({ surface }) => surface),
  ),
  ...licenceFaults(markLicences),
  ...ringFaults(rings),
];

const repeated = (surfaces: readonly string[], list: string): Reason[] =>
  surfaces.flatMap((surface, index) =>
    surfaces.indexOf(surface) === index
      ? []
      : [{ code: "surface-repeated", field: `${list}/${index}/surface`, detail: "Each surface is named once." }],
  );

const strayCaps = (caps: readonly HostCap[], surfaces: readonly string[]): Reason[] =>
  caps.flatMap(({ surface }, index) =>
    surfaces.includes(surface)
      ? []
      : [{ code: "surface-not-in-season", field: `/hostCaps/${index}/surface`, detail: "The season is not held on this surface." }],
  );

function licenceFaults(licences: readonly MarkLicence[]): Reason[] {
  return licences.flatMap(({ mark, from, until }, index): Reason[] => {
    const field = `/markLicences/${index}`;
    if (until <= from) return [{ code: "licence-empty", field: `${field}/until`, detail: "A licence ends later than it begins." }];
    const meets = licences.slice(0, index).some((other) => other.mark === mark && other.from < until && from < other.until);
    return meets ? [{ code: "licence-repeated", field: `${field}/mark`, detail: "Another licence of this mark meets this one." }] : [];
  });
}
