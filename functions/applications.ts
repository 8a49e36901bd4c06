import { attestApplication } from "../lib/app/attest-application.ts";
import { listApplications, readApplication } from "../lib/app/read-application.ts";
import { reviewApplication } from "../lib/app/review-application.ts";
import { submitApplication } from "../lib/app/submit-application.ts";
import { applications } from "../lib/contracts/applications.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = desk();

export const handler = endpoints(
  applications,
  {
    submit: submitApplication(deps),
    list: listApplications(deps),
    read: readApplication(deps),
    attest: attestApplication(deps),
    review: reviewApplication(deps),
  },
  deps,
);
