import { applicationUseCases } from "../lib/app/application-use-cases.ts";
import { applications } from "../lib/contracts/applications.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const live = desk();

export const handler = endpoints(applications, applicationUseCases(live), live);
