import type { Attestation } from "./attestation.ts";
import { reaches, type User } from "./authorisation.ts";
import { type Eligibility, eligible, isCurrent } from "./eligible.ts";
import { type Grant, standing } from "./grant.ts";
import type { KeyState } from "./key.ts";
import type { LiveSwitch } from "./kill-switch.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { type Season, wasPublished } from "./season.ts";
import type { Instant } from "./window.ts";

/** Which grants of a season on a surface are asked for. */
export interface WhitelistFilter {
  readonly state?: KeyState | undefined;
  readonly storeType?: string | undefined;
  readonly brand?: string | undefined;
}

/** The grants of a season on a surface that somebody may see, and asked to. */
export interface WhitelistView {
  readonly surface: string;
  readonly season: string;
  /** One brand's only; everybody's when left out. */
  readonly brand?: string | undefined;
  /** What each has to be. */
  readonly where: Readonly<Partial<Pick<Grant, "state" | "storeType" | "marketplace">>>;
}

/**
 * The part of the whitelist a user may see: a brand its own, a marketplace its own, a host all of its own seasons', an auditor
 * all. Undefined when the brand asked for is another than the one that asks: for it there is none.
 * @throws Refusal `not-found` for a season that is not held on the surface, is not published, or is another host's or marketplace's.
 */
export function viewOf(
  user: User,
  season: Season | undefined,
  surface: string,
  { state, storeType, brand }: WhitelistFilter = {},
): WhitelistView | undefined {
  const { id, marketplace, host } = publishedOn(season, surface);
  // Any brand may ask of any season, and finds its own in it.
  if (!reaches(user, { brand: user.tenant, marketplace, host })) throw new Refusal("not-found");
  if (user.role === "brand" && brand !== undefined && brand !== user.tenant) return undefined;
  return {
    surface,
    season: id,
    brand: user.role === "brand" ? user.tenant : brand,
    where: {
      ...(state === undefined ? {} : { state }),
      ...(storeType === undefined ? {} : { storeType }),
      ...(user.role === "attester" ? { marketplace: user.tenant } : {}),
    },
  };
}

/** The season, when it is published and held on the surface. @throws Refusal `not-found`. */
export function publishedOn(season: Season | undefined, surface: string): Season {
  if (
    !season ||
    !wasPublished(season) ||
    season.status === "cancelled" ||
    !season.admissions.some((admission) => admission.surface === surface)
  )
    throw new Refusal("not-found");
  return season;
}

/** Both keys of many brands on one surface in one season, by brand. */
export interface Keyring {
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  readonly attestations: ReadonlyMap<string, Attestation>;
}

export interface Checked extends Eligibility {
  readonly brand: string;
}

/** Whether each brand is eligible at `at`, and why not, in the order asked: `eligible` itself, many times. */
export const check = (
  brands: readonly string[],
  { season, surface, switches }: { readonly season: Season; readonly surface: string; readonly switches: readonly LiveSwitch[] },
  { grants, attestations }: Keyring,
  at: Instant,
): Checked[] =>
  brands.map((brand) => {
    const place = { host: season.host, surface, season: season.id, brand };
    return {
      brand,
      ...eligible(
        { place, switches, season, grants: standingOf(grants.get(brand), season), attestation: attestations.get(brand) ?? null },
        at,
      ),
    };
  });

const standingOf = (grants: readonly Grant[] = [], season: Season) => grants.map((grant) => standing(grant, season));

/** What everybody may know of a whitelisted brand: nothing of its contacts, documents or people. */
export interface PublicEntry {
  readonly brand: string;
  readonly names: Names;
  readonly storeType: string;
  readonly marketplace: string;
  /** In the order of the season. */
  readonly phases: readonly string[];
}

/** The brands whose two keys are current at `at`, in the order of their grants, whether or not a phase is open just then. */
export function publicEntries(season: Season, { grants, attestations }: Keyring, at: Instant): PublicEntry[] {
  return [...grants].flatMap(([brand, theirs]) => {
    const attestation = attestations.get(brand);
    const current = attestation && isCurrent(attestation, at) ? standingOf(theirs, season).filter((grant) => isCurrent(grant, at)) : [];
    const [first] = current;
    if (!first) return [];
    const phases = season.phases.map(({ id }) => id).filter((id) => current.some((grant) => grant.phases.includes(id)));
    const { names, storeType, marketplace } = first;
    return [{ brand, names, storeType, marketplace, phases }];
  });
}

/**
 * The most that one reply may take, as Lambda carries it. Its own limit is 6 MB (AWS Lambda quotas, synchronous invocation);
 * instants grow when they are written out, and headers come on top. Bytes.
 */
const MOST_CARRIED = 5_000_000;

/** Counts what a reply grows to. Lambda carries a body as a JSON string, so each quote in it takes two bytes. @throws Refusal `list-too-long`. */
export function weigher(most: number = MOST_CARRIED): (things: readonly unknown[]) => void {
  let bytes = 0;
  return (things) => {
    for (const thing of things) bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(thing)));
    if (bytes > most) throw new Refusal("list-too-long");
  };
}
