import type { ApplicationForm, Flag } from "./application.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { type Admission, type Season, span } from "./season.ts";
import type { Instant } from "./window.ts";

/** What the machine has to know beside the form. */
export interface AdmissionFacts {
  readonly at: Instant;
  /** Whether it is submitted for the first time: the deadline is for those, and not for what is put right or corrected later. */
  readonly isFirst: boolean;
  /** Another brand's name that reads the same (UTS 39 skeleton), if there is one. */
  readonly looksLike: string | undefined;
  /** Surfaces on which the trial has no place left. */
  readonly fullSurfaces: readonly string[];
}

/**
 * The rules a machine can check, answered at once: what breaks one that may be waived is flagged for people, the rest is refused.
 * Rules are data per season and surface. @returns the flags. @throws Refusal `season-not-open-to-applications`, `not-admissible`.
 */
export function admit(form: ApplicationForm, season: Season, facts: AdmissionFacts): Flag[] {
  stillOpen(season, facts.at);
  const judged = [
    ...seasonFaults(form, season, facts).map((fault) => ({ fault, on: form.surfaces })),
    ...form.surfaces.flatMap((surface, index) =>
      surfaceFaults(form, season, surface, index, facts).map((fault) => ({ fault, on: [surface] })),
    ),
  ];
  const isWaivable = ({ fault: { code }, on }: (typeof judged)[number]) => code === LOOK_ALIKE || mayBeWaived(code, on, season);
  const refused = unique(judged.filter((each) => !isWaivable(each)).map(({ fault }) => fault));
  if (refused.length > 0) throw new Refusal("not-admissible", refused);
  return unique(judged.map(({ fault }) => fault)).map((fault) => ({ ...fault, waived: null }));
}

/** Whether people may still decide on its applications: it is published, and not over by the clock, which its status may not show yet. */
export const takesApplications = (season: Season, at: Instant): boolean =>
  (season.status === "scheduled" || season.status === "open") && at < span(season).closesAt;

/** @throws Refusal `season-not-open-to-applications`. */
export function stillOpen(season: Season, at: Instant): void {
  if (!takesApplications(season, at)) throw new Refusal("season-not-open-to-applications");
}

/** What is wrong for the whole season may be waived where every surface applied for says so. */
export const mayBeWaived = (code: string, surfaces: readonly string[], season: Season): boolean =>
  surfaces.every((surface) => season.admissions.find((each) => each.surface === surface)?.waivable.includes(code));

export const DEADLINE_PASSED = "deadline-passed";

/** A look-alike is always for people to judge: the same name may be no offence. */
export const LOOK_ALIKE = "name-looks-alike";

function seasonFaults(form: ApplicationForm, season: Season, { at, isFirst, looksLike }: AdmissionFacts): Reason[] {
  const faults: Reason[] = [];
  if (form.marketplace !== season.marketplace)
    faults.push({ code: "marketplace-not-in-season", field: "/marketplace", detail: `${season.id} is held with ${season.marketplace}.` });
  if (isFirst && at >= season.instants.applicationsClose)
    faults.push({ code: DEADLINE_PASSED, field: "/season", detail: `Applications for ${season.id} have closed.` });
  if (looksLike !== undefined)
    faults.push({ code: LOOK_ALIKE, field: "/names", detail: "Another brand of this season has a name that reads the same." });
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

function surfaceFaults(form: ApplicationForm, season: Season, surface: string, index: number, { fullSurfaces }: AdmissionFacts): Reason[] {
  const field = `/surfaces/${index}`;
  const admission = season.admissions.find((each) => each.surface === surface);
  if (!admission) return [{ code: "surface-not-in-season", field, detail: `${season.id} is not held on this surface.` }];
  const full = fullSurfaces.includes(surface)
    ? [{ code: "trial-full", field, detail: "Every place of the trial on this surface is taken." }]
    : [];
  return [...full, ...formFaults(form, admission)];
}

function formFaults(form: ApplicationForm, { storeTypes, closedCategories, requiredDocuments }: Admission): Reason[] {
  const faults: Reason[] = [];
  if (!storeTypes.includes(form.store.type))
    faults.push({ code: "store-type-not-admitted", field: "/store/type", detail: `This season admits ${storeTypes.join(", ")}.` });
  form.categories.forEach((category, index) => {
    if (closedCategories.includes(category))
      faults.push({
        code: "category-closed",
        field: `/categories/${index}`,
        detail: "This category is closed on the surface this season.",
      });
  });
  for (const kind of requiredDocuments)
    if (!form.documents.some((document) => document.kind === kind))
      faults.push({ code: "document-missing", field: "/documents", detail: `A ${kind} is required.` });
  return faults;
}

/** Two surfaces may say the same of the same element. */
const unique = (faults: readonly Reason[]): Reason[] =>
  faults.filter(
    (fault, index) =>
      faults.findIndex(({ code, field, detail }) => code === fault.code && field === fault.field && detail === fault.detail) === index,
  );

/** The calendar day, in the season's own zone, on which its last phase is still open. The `sv-SE` locale writes `YYYY-MM-DD`. */
const lastDayOf = (season: Season): string => new Intl.DateTimeFormat("sv-SE", { timeZone: season.zone }).format(span(season).closesAt - 1);
