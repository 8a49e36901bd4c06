import type { Application } from "./application.ts";
import type { Parties } from "./authorisation.ts";
import { type Reason, Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import { type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

/** Key two, the whitelist entry. It names the phases and card templates it covers and ends with its season. */
export interface Grant extends Parties {
  readonly id: string;
  readonly application: string;
  readonly surface: string;
  readonly season: string;
  readonly phases: readonly string[];
  readonly templates: readonly string[];
  readonly storeId: string;
  readonly grantedBy: string;
  readonly grantedAt: Instant;
  readonly expiresAt: Instant;
}

export interface GrantTerms {
  readonly phases: readonly string[];
  readonly templates: readonly string[];
}

/** The grant an approval writes. @throws Refusal `not-admissible` when a phase or template does not exist. */
export function grant(
  application: Application,
  season: Season,
  terms: GrantTerms,
  { id, templates, by, at }: Act & { id: string; templates: readonly string[] },
): Grant {
  const unknown = (kind: "phases" | "templates", known: readonly string[]): Reason[] =>
    terms[kind].flatMap((name, index) =>
      known.includes(name) ? [] : [{ code: `${kind}-unknown`, field: `/${kind}/${index}`, detail: `Known: ${known.join(", ")}.` }],
    );
  const reasons = [
    ...unknown(
      "phases",
      season.phases.map((phase) => phase.id),
    ),
    ...unknown("templates", templates),
  ];
  if (reasons.length > 0) throw new Refusal("not-admissible", reasons);
  const { brand, marketplace, host, surface } = application;
  return {
    id,
    application: application.id,
    brand,
    marketplace,
    host,
    surface,
    season: season.id,
    phases: terms.phases,
    templates: terms.templates,
    storeId: application.store.id,
    grantedBy: by,
    grantedAt: at,
    expiresAt: span(season).closesAt,
  };
}
