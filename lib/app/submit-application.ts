import { type ApplicationForm, submit } from "../domain/application.ts";
import { Refusal } from "../domain/refusal.ts";
import { audited } from "./audit.ts";
import type { ApplicationStore, Call, NewId, Now, SeasonStore } from "./ports.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly seasons: SeasonStore;
  readonly now: Now;
  readonly newId: NewId;
}

/** A brand asks to be let in. @throws Refusal `not-admissible` with every rule broken, `already-applied`. */
export const submitApplication = (deps: Deps) => async (call: Call<unknown, unknown, ApplicationForm>) => {
  const { body: form, user } = call;
  const season = await deps.seasons.get(form.season);
  if (!season || season.status === "draft")
    throw new Refusal("not-admissible", [{ code: "season-unknown", field: "/season", detail: "No such season takes applications." }]);
  const at = deps.now();
  const application = submit({ id: deps.newId("app"), brand: user.tenant, form, season, by: user.sub, at });
  const { id, version, status } = application;
  const event = audited(deps, call, {
    at,
    action: "application:submit",
    subject: `application/${id}`,
    version,
    before: null,
    after: status,
  });
  await deps.applications.submit(application, event);
  return application;
};
