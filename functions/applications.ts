import { appealApplication, editApplication, openApplication, submitApplication, withdrawApplication } from "../lib/app/applications.ts";
import { attestApplication, turnAttestation, turnGrant } from "../lib/app/keys.ts";
import { renewApplication } from "../lib/app/renew.ts";
import { listApplications, readApplication, reviewApplication, reviewQueue } from "../lib/app/reviews.ts";
import { applications } from "../lib/contracts/applications.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = desk();

export const handler = endpoints(
  applications,
  {
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
  },
  deps,
);
