import type { Application } from "../domain/application.ts";
import type { Grant } from "../domain/grant.ts";
import type { ApplicationStore } from "./ports/applications.ts";

/** The application that a brand's grants on a surface were given for; undefined where they were imported, since then there is none. */
export async function appliedWith(
  { applications }: { readonly applications: Pick<ApplicationStore, "get"> },
  grants: readonly Grant[],
): Promise<Application | undefined> {
  const latest = grants.findLast(({ state }) => state !== "revoked") ?? grants.at(-1);
  return latest && applications.get(latest.application);
}
