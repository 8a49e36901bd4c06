import type { Attestation } from "./attestation.ts";
import type { Grant } from "./grant.ts";
import type { Lineup, ServedBrand, ServedKey, Snapshot } from "./snapshot.ts";
import { GUARD_BAND_MS, type Instant } from "./window.ts";

/**
 * Says that a key was taken away, wholly or in part, by its change to this version: what was published of an earlier one is not
 * to be served from. It stands until a publication has caught up with it.
 */
export interface KeyMark {
  readonly surface: string;
  readonly season: string;
  readonly brand: string;
  /** The key, as its audit names it: `attestation/app_…`, `grant/grt_…`. */
  readonly subject: string;
  readonly version: number;
  /** From when on something is taken away: the new end of a key that was shortened, else `AT_ONCE`. */
  readonly from: Instant;
}

/** Before every instant of a festival. */
const AT_ONCE: Instant = 0;

const subjectOf = (kind: "attestation" | "grant", id: string): string => `${kind}/${id}`;

/**
 * The marks of a key's change, one for each of its surfaces; none when nothing of it was taken away. `before`: the key it was, where
 * that may have been wider. What is given, or given back, reaches serving by the snapshot.
 */
export function marksOf(after: Attestation | Grant, before: Attestation | Grant | undefined): readonly KeyMark[] {
  const from = takenFrom(after, before);
  if (from === undefined) return [];
  const { season, brand, version } = after;
  const [subject, surfaces] =
    "surface" in after ? [subjectOf("grant", after.id), [after.surface]] : [subjectOf("attestation", after.application), after.surfaces];
  return surfaces.map((surface) => ({ surface, season, brand, subject, version, from }));
}

function takenFrom(after: Attestation | Grant, before: Attestation | Grant | undefined): Instant | undefined {
  if (after.state !== "current") return AT_ONCE;
  if (!before) return undefined;
  if ("surface" in before && "surface" in after && (lacks(after.phases, before.phases) || lacks(after.templates, before.templates)))
    return AT_ONCE;
  return after.expiresAt < before.expiresAt ? after.expiresAt : undefined;
}

const lacks = (names: readonly string[], wanted: readonly string[]): boolean => wanted.some((name) => !names.includes(name));

/**
 * Which keys of a snapshot the marks hold back at `at`: those that it has at an earlier version. They are named by their ordinals:
 * keys are counted from 0 as they stand, season by season, brand by brand, the attestation before the grants.
 */
export function withheldBy(snapshot: Snapshot, marks: readonly KeyMark[], at: Instant): readonly number[] {
  if (marks.length === 0) return [];
  const placeOf = ({ season, brand }: Pick<KeyMark, "season" | "brand">) => `${season} ${brand}`;
  const inForce = Map.groupBy(
    marks.filter(({ from }) => at >= from - GUARD_BAND_MS),
    placeOf,
  );
  return keysOf(snapshot).flatMap((each, ordinal) => {
    const theirs = inForce.get(placeOf(each)) ?? [];
    return theirs.some((mark) => isOf(mark, each) && each.key.version < mark.version) ? [ordinal] : [];
  });
}

/** The snapshot with these of its keys held back: `eligible` takes them not to be current. */
export function withholding(snapshot: Snapshot, ordinals: readonly number[]): Snapshot {
  if (ordinals.length === 0) return snapshot;
  const all = keysOf(snapshot);
  const withheld = new Set(ordinals.map((ordinal) => all[ordinal]?.key));
  const held = <K extends ServedKey>(key: K): K => (withheld.has(key) ? { ...key, withheld: true } : key);
  // What nobody takes anything from stays as it is: a brand's campaigns are not opened before they are asked for.
  const heldOf = (brand: ServedBrand): ServedBrand =>
    [brand.attestation, ...brand.grants].some((key) => key && withheld.has(key))
      ? { ...brand, attestation: brand.attestation && held(brand.attestation), grants: brand.grants.map((grant) => held(grant)) }
      : brand;
  return { ...snapshot, seasons: snapshot.seasons.map((season) => ({ ...season, brands: season.brands.map(heldOf) })) };
}

/**
 * The marks that a publication from these lineups, by season, has made needless: of keys that they hold at the mark's version or a
 * newer one. Only the version tells, since a lineup may be read in the midst of the transaction that wrote the mark. A key that is
 * not there any more has given way to that of a later application. A season that was not read settles nothing.
 */
export function settled(marks: readonly KeyMark[], lineups: ReadonlyMap<string, Lineup>): readonly KeyMark[] {
  return [...Map.groupBy(marks, ({ season }) => season)].flatMap(([season, theirs]) => {
    const lineup = lineups.get(season);
    if (!lineup) return [];
    const versions = new Map([
      ...lineup.attestations.map(({ application, version }) => [subjectOf("attestation", application), version] as const),
      ...lineup.grants.map(({ id, version }) => [subjectOf("grant", id), version] as const),
    ]);
    return theirs.filter(({ subject, version }) => (versions.get(subject) ?? version) >= version);
  });
}

interface Counted {
  readonly season: string;
  readonly brand: string;
  readonly kind: "attestation" | "grant";
  readonly id: string;
  readonly key: ServedKey;
}

const keysOf = ({ seasons }: Snapshot): readonly Counted[] =>
  seasons.flatMap(({ id: season, brands }) =>
    brands.flatMap(({ brand, attestation, grants }): Counted[] => [
      ...(attestation ? [{ season, brand, kind: "attestation" as const, id: attestation.application, key: attestation }] : []),
      ...grants.map((grant) => ({ season, brand, kind: "grant" as const, id: grant.id, key: grant })),
    ]),
  );

const isOf = ({ subject }: KeyMark, { kind, id }: Counted): boolean => subject === subjectOf(kind, id);
