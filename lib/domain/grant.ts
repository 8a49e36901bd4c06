import type { Application } from "./application.ts";
import type { Parties } from "./authorisation.ts";
import type { Key } from "./key.ts";
import { type Reason, Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import { type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

/** Key two, the whitelist entry. It names the phases and card templates it covers and ends with its season. */
export interface Grant extends Parties, Key {
  readonly id: string;
  readonly application: string;
  readonly names: Application["names"];
  readonly surface: string;
  readonly season: string;
  readonly phases: readonly string[];
  readonly templates: readonly string[];
  /** Of the surface's impressions in a day, at most this share. Basis points; null for no limit. */
  readonly dailyShare: number | null;
  readonly storeId: string;
  readonly storeType: string;
  readonly grantedBy: string;
  readonly grantedAt: Instant;
}

/**
 * When the grant ends: with its season, also when that was closed early or extended after it was given. One that was given
 * for less than the season ends when it says, or with the season.
 */
function grantEnd({ expiresAt }: Pick<Grant, "expiresAt">, season: Season): Instant {
  const { closesAt } = span(season);
  const wasToEndWithSeason = season.dossier.former.some(({ phases }) => phases.at(-1)?.closesAt === expiresAt);
  return wasToEndWithSeason ? closesAt : Math.min(expiresAt, closesAt);
}

/** The grant as it stands in its season: whoever is told of it, or judges by it, has to be given this. */
export const standing = (grant: Grant, season: Season): Grant => ({ ...grant, expiresAt: grantEnd(grant, season) });

/** What an approval gives on one surface. */
export interface GrantTerms {
  readonly surface: string;
  readonly phases: readonly string[];
  readonly templates: readonly string[];
  readonly dailyShare: number | null;
}

interface Known {
  readonly season: Season;
  /** By surface. */
  readonly templates: Readonly<Record<string, readonly string[]>>;
}

/** The grants an approval writes, one for each of its terms. @throws Refusal `not-admissible` naming every term that does not exist or was not asked for. */
export function grantsOf(
  application: Application,
  terms: readonly GrantTerms[],
  { season, templates }: Known,
  { by, at, newId }: Act & { newId: () => string },
): Grant[] {
  const faults = terms.flatMap((term, index) => termFaults(application, term, `/grants/${index}`, { season, templates }));
  if (faults.length > 0) throw new Refusal("not-admissible", faults);
  const { id, brand, marketplace, host, names, store } = application;
  return terms.map((term) => ({
    ...term,
    id: newId(),
    application: id,
    brand,
    marketplace,
    host,
    names,
    season: season.id,
    storeId: store.id,
    storeType: store.type,
    grantedBy: by,
    grantedAt: at,
    state: "current",
    expiresAt: span(season).closesAt,
    reason: null,
    version: 1,
  }));
}

function termFaults(application: Application, term: GrantTerms, field: string, { season, templates }: Known): Reason[] {
  if (!application.surfaces.includes(term.surface))
    return [{ code: "surface-not-applied-for", field: `${field}/surface`, detail: `Applied for: ${application.surfaces.join(", ")}.` }];
  const unknown = (kind: "phases" | "templates", known: readonly string[]): Reason[] =>
    term[kind].flatMap((name, index) =>
      known.includes(name) ? [] : [{ code: `${kind}-unknown`, field: `${field}/${kind}/${index}`, detail: `Known: ${known.join(", ")}.` }],
    );
  const phases = season.phases.map((phase) => phase.id);
  return [...unknown("phases", phases), ...unknown("templates", templates[term.surface] ?? [])];
}
