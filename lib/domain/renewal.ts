import { type Application, type ApplicationForm, begin } from "./application.ts";
import { Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import type { Season } from "./season.ts";

/** What an application to a later season was begun from: an approved revision of an earlier one. */
export interface Renewed {
  readonly application: string;
  readonly revision: number;
}

/** The revision that the host approved last. @throws Refusal `wrong-state` when it never did. */
export function lastApproved({ rulings }: Pick<Application, "rulings">): number {
  const approval = rulings.findLast(({ verb }) => verb === "approve");
  if (!approval)
    throw new Refusal("wrong-state", [
      { code: "renew-not-possible", field: "", detail: "It was never approved; apply to the season anew." },
    ]);
  return approval.revision;
}

/**
 * A draft for a later season, as the host approved it for an earlier one, whatever has been changed since. Nothing of the
 * approval is carried over: both keys are turned anew. @throws Refusal `wrong-state` when the season is the same.
 */
export function renew(approved: Application, season: Season, { id, by, at }: Act & { readonly id: string }): Application {
  if (season.id === approved.season)
    throw new Refusal("wrong-state", [
      { code: "renew-not-possible", field: "/season", detail: "It is an application to this season; change it instead." },
    ]);
  const { marketplace, surfaces, names, store, categories, documents, contacts } = approved;
  const form: ApplicationForm = { season: season.id, marketplace, surfaces, names, store, categories, documents, contacts };
  return {
    ...begin({ id, brand: approved.brand, form, season, by, at }),
    renews: { application: approved.id, revision: approved.revision },
  };
}
