import { reaches } from "../domain/authorisation.ts";
import type { ApplicationStore, Call } from "./ports.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly applications: ApplicationStore;
}

/** One application. @throws Refusal `not-found`. */
export const readApplication =
  ({ applications }: Deps) =>
  async ({ params, user }: Call<{ application: string }>) =>
    within(user, await applications.get(params.application));

/** A brand's own applications, or, for people who decide, all to one surface and season. */
export const listApplications =
  ({ applications }: Deps) =>
  async ({ query, user }: Call<unknown, { surface: string; season: string }>) => {
    const found = user.role === "brand" ? await applications.ofBrand(user.tenant) : await applications.queue(query.surface, query.season);
    return { applications: found.filter((each) => each.surface === query.surface && each.season === query.season && reaches(user, each)) };
  };
