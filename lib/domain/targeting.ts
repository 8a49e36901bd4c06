/** What a viewer's phone may run. */
export const SYSTEMS = ["ios", "android", "harmonyos"] as const;
export type System = (typeof SYSTEMS)[number];

/** Whom a campaign is for. What is null or empty leaves nobody out. */
export interface Targeting {
  readonly os: readonly System[] | null;
  /** ISO 3166-2: `CN-SH`. */
  readonly regions: readonly string[] | null;
  /** The host's own names for groups of viewers: in `any` of these, and in `none` of those. */
  readonly segments: { readonly any: readonly string[]; readonly none: readonly string[] };
  /** Dotted numbers, compared number by number. */
  readonly hostVersion: { readonly min: string } | null;
}

/** What a host tells of a viewer, beside the key. */
export interface Profile {
  readonly os?: System | undefined;
  readonly region?: string | undefined;
  readonly segments?: readonly string[] | undefined;
  readonly hostVersion?: string | undefined;
}

/** Whether it leaves nobody out, whatever is told of a viewer. */
export const isForAll = ({ os, regions, segments: { any, none }, hostVersion }: Targeting): boolean =>
  os === null && regions === null && any.length === 0 && none.length === 0 && hostVersion === null;

/** Whether it is for this viewer. What a targeting asks and a host does not tell is taken not to be so. */
export function isFor({ os, regions, segments: { any, none }, hostVersion }: Targeting, profile: Profile): boolean {
  if (os !== null && !(profile.os && os.includes(profile.os))) return false;
  if (regions !== null && !(profile.region && regions.includes(profile.region))) return false;
  const theirs = profile.segments ?? [];
  if (any.length > 0 && !any.some((segment) => theirs.includes(segment))) return false;
  if (none.some((segment) => theirs.includes(segment))) return false;
  return hostVersion === null || (profile.hostVersion !== undefined && isAtLeast(profile.hostVersion, hostVersion.min));
}

/** Dotted numbers; what is left out is 0. */
function isAtLeast(version: string, min: string): boolean {
  const [have, need] = [version.split(".").map(Number), min.split(".").map(Number)];
  for (let part = 0; part < Math.max(have.length, need.length); part++) {
    const difference = (have[part] ?? 0) - (need[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
