import { resumeSeasonRing, takeSignal } from "../lib/app/rings.ts";
import {
  cancelSeason,
  closeSeasonEarly,
  copySeason,
  extendSeason,
  listSeasons,
  planSeason,
  publishSeason,
  readSeason,
  replanSeason,
  withdrawSeasonProposal,
} from "../lib/app/seasons.ts";
import { seasons } from "../lib/contracts/seasons.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = desk();

export const handler = endpoints(
  seasons,
  {
    plan: planSeason(deps),
    copy: copySeason(deps),
    replan: replanSeason(deps),
    extend: extendSeason(deps),
    withdraw: withdrawSeasonProposal(deps),
    publish: publishSeason(deps),
    closeEarly: closeSeasonEarly(deps),
    cancel: cancelSeason(deps),
    signal: takeSignal(deps),
    resume: resumeSeasonRing(deps),
    list: listSeasons(deps),
    read: readSeason(deps),
  },
  deps,
);
