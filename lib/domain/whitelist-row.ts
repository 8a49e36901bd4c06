import type { Names } from "./names.ts";
import type { Reason } from "./refusal.ts";
import type { Season } from "./season.ts";
import type { Instant } from "./window.ts";

/** One line of a list of brands agreed outside: what the two keys of one brand need, on the surface and in the season of the import. */
export interface WhitelistRow {
  readonly brand: string;
  readonly names: Names;
  readonly store: { readonly id: string; readonly type: string };
  readonly marketplace: string;
  readonly phases: readonly string[];
  readonly templates: readonly string[];
  /** When the marketplace's word ends. */
  readonly attestedUntil: Instant;
  /** Basis points of the surface's impressions in a day; null for no limit. */
  readonly dailyShare: number | null;
}

/** What rows are judged against. */
export interface Ground {
  readonly season: Season;
  readonly surface: string;
  /** Those the surface has. */
  readonly templates: readonly string[];
  /** When the import was begun: all its rows take effect as of then. */
  readonly at: Instant;
}

/** Every rule of the season that a row breaks, alone, whatever is stored; the rules of applications, and none may be waived. */
export function rowFaults(row: WhitelistRow, { season, surface, templates, at }: Ground): Reason[] {
  const faults: Reason[] = [];
  if (row.marketplace !== season.marketplace)
    faults.push({ code: "marketplace-not-in-season", field: "/marketplace", detail: `${season.id} is held with ${season.marketplace}.` });
  const admission = season.admissions.find((each) => each.surface === surface);
  if (!admission?.storeTypes.includes(row.store.type))
    faults.push({
      code: "store-type-not-admitted",
      field: "/store/type",
      detail: `This season admits ${admission?.storeTypes.join(", ") || "none here"}.`,
    });
  row.phases.forEach((phase, index) => {
    if (!season.phases.some(({ id }) => id === phase))
      faults.push(
        unknown(
          "phases",
          index,
          season.phases.map(({ id }) => id),
        ),
      );
  });
  row.templates.forEach((template, index) => {
    if (!templates.includes(template)) faults.push(unknown("templates", index, templates));
  });
  if (row.attestedUntil <= at)
    faults.push({
      code: "attestation-expired",
      field: "/attestedUntil",
      detail: "An attestation has to end later than the import begins.",
    });
  return faults;
}

const unknown = (kind: "phases" | "templates", index: number, known: readonly string[]): Reason => ({
  code: `${kind}-unknown`,
  field: `/${kind}/${index}`,
  detail: `Known: ${known.join(", ")}.`,
});
