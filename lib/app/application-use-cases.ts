import { appealApplication, editApplication, openApplication, submitApplication, withdrawApplication } from "./applications.ts";
import { attestApplication, turnAttestation, turnGrant } from "./keys.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { renewApplication } from "./renew.ts";
import { listApplications, readApplication, reviewApplication, reviewQueue } from "./reviews.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly seasons: SeasonStore;
  readonly catalogue: Catalogue;
  readonly now: Now;
  readonly newId: NewId;
}

/** What can be done with applications, by the names their contracts have: for the function that is deployed, and for tests of all of it together. */
export const applicationUseCases = (deps: Deps) => ({
  open: openApplication(deps),
  list: listApplications(deps),
  read: readApplication(deps),
  edit: editApplication(deps),
  submit: submitApplication(deps),
  appeal: appealApplication(deps),
  withdraw: withdrawApplication(deps),
  renew: renewApplication(deps),
  queue: reviewQueue(deps),
  attest: attestApplication(deps),
  turnAttestation: turnAttestation(deps),
  review: reviewApplication(deps),
  turnGrant: turnGrant(deps),
});
