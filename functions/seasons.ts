import { listSeasons, planSeason, publishSeason, readSeason } from "../lib/app/seasons.ts";
import { seasons } from "../lib/contracts/seasons.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = desk();

export const handler = endpoints(
  seasons,
  { plan: planSeason(deps), publish: publishSeason(deps), list: listSeasons(deps), read: readSeason(deps) },
  deps,
);
