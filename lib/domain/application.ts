import type { Parties } from "./authorisation.ts";
import type { Names } from "./names.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { type Act, awaiting, decided, type Reviewed } from "./review.ts";
import { type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

export interface Store {
  readonly id: string;
  readonly type: string;
  readonly names: Names;
}

export interface BrandDocument {
  readonly kind: string;
  readonly number: string;
  /** Last day of validity, `YYYY-MM-DD`, in the season's zone. */
  readonly expiresOn: string;
}

/** What a brand says of itself when it asks to be let in. */
export interface ApplicationForm {
  readonly season: string;
  readonly surface: string;
  readonly names: Names;
  readonly store: Store;
  readonly categories: readonly string[];
  readonly documents: readonly BrandDocument[];
  readonly contact: { readonly name: string; readonly email: string };
}

/** A brand's request to be let in, for one surface and one season. */
export interface Application extends ApplicationForm, Parties, Reviewed {
  readonly id: string;
  readonly attestedAt: Instant | null;
}

/** Key one: the marketplace vouches for the brand's store until `expiresAt`. */
export interface Attestation extends Parties {
  readonly application: string;
  readonly surface: string;
  readonly season: string;
  readonly storeType: string;
  readonly attestedBy: string;
  readonly attestedAt: Instant;
  readonly expiresAt: Instant;
}

export interface Submission extends Act {
  readonly id: string;
  readonly brand: string;
  readonly form: ApplicationForm;
  readonly season: Season;
}

/**
 * What the machine can answer at once, it answers at once; what passes waits for people.
 * @throws Refusal `season-not-open-to-applications`, or `not-admissible` with one reason per rule broken.
 */
export function submit({ id, brand, form, season, by, at }: Submission): Application {
  if (season.status !== "scheduled" && season.status !== "open") throw new Refusal("season-not-open-to-applications");
  const reasons = admissionFaults(form, season, at);
  if (reasons.length > 0) throw new Refusal("not-admissible", reasons);
  return {
    ...form,
    id,
    brand,
    marketplace: season.marketplace,
    host: season.host,
    attestedAt: null,
    ...awaiting({ by, at }),
  };
}

function admissionFaults(form: ApplicationForm, season: Season, at: Instant): Reason[] {
  const admission = season.admissions.find(({ surface }) => surface === form.surface);
  if (!admission) return [{ code: "surface-not-in-season", field: "/surface", detail: `${season.id} is not held on this surface.` }];
  const faults: Reason[] = [];
  if (at >= season.applicationsCloseAt)
    faults.push({ code: "deadline-passed", field: "/season", detail: `Applications for ${season.id} have closed.` });
  if (!admission.storeTypes.includes(form.store.type))
    faults.push({
      code: "store-type-not-admitted",
      field: "/store/type",
      detail: `This season admits ${admission.storeTypes.join(", ")}.`,
    });
  form.categories.forEach((category, index) => {
    if (admission.closedCategories.includes(category))
      faults.push({
        code: "category-closed",
        field: `/categories/${index}`,
        detail: "This category is closed on the surface this season.",
      });
  });
  for (const kind of admission.requiredDocuments)
    if (!form.documents.some((document) => document.kind === kind))
      faults.push({ code: "document-missing", field: "/documents", detail: `A ${kind} is required.` });
  form.documents.forEach((document, index) => {
    if (document.expiresOn < lastDayOf(season))
      faults.push({
        code: "document-expiring",
        field: `/documents/${index}/expiresOn`,
        detail: "The document has to be valid until the season ends.",
      });
  });
  return faults;
}

/** The calendar day, in the season's own zone, on which its last phase is still open. The `sv-SE` locale writes `YYYY-MM-DD`. */
const lastDayOf = (season: Season): string => new Intl.DateTimeFormat("sv-SE", { timeZone: season.zone }).format(span(season).closesAt - 1);

/** Key one. @throws Refusal `already-attested`, `already-decided`. */
export function attest(
  application: Application,
  { by, at, expiresAt }: Act & { expiresAt: Instant },
): { application: Application; attestation: Attestation } {
  if (application.status !== "pending") throw new Refusal("already-decided");
  if (application.attestedAt !== null) throw new Refusal("already-attested");
  if (expiresAt <= at)
    throw new Refusal("not-admissible", [
      { code: "attestation-expired", field: "/expiresAt", detail: "An attestation has to end later than now." },
    ]);
  const { id, brand, marketplace, host, surface, season, store } = application;
  return {
    application: { ...application, attestedAt: at, version: application.version + 1 },
    attestation: {
      application: id,
      brand,
      marketplace,
      host,
      surface,
      season,
      storeType: store.type,
      attestedBy: by,
      attestedAt: at,
      expiresAt,
    },
  };
}

/** Key two, half of it: the host says yes. The grant is the other half. @throws Refusal `already-decided`, `self-review`, `not-attested`. */
export function approve(application: Application, act: Act): Application {
  const approved = decided(application, "approved", act);
  if (application.attestedAt === null) throw new Refusal("not-attested");
  return approved;
}
