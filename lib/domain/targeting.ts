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
