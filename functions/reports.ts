import { reportDelivery } from "../lib/app/report-delivery.ts";
import { reportFairness } from "../lib/app/report-fairness.ts";
import { fairness } from "../lib/contracts/fairness.ts";
import { reports } from "../lib/contracts/reports.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { writeCsv } from "../lib/deps/csv-writer.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { countedDecisions } from "../lib/store/counted-decisions.ts";
import { creditStore } from "../lib/store/credits.ts";
import { fairShareStore } from "../lib/store/fair-shares.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { tallyStore } from "../lib/store/tallies.ts";

const delivery = deliveryTable("write");
const registry = registryTable("write");
const deps = {
  now: festivalClock(),
  log,
  identify: identity(),
  seasons: seasonStore(registry),
  credits: creditStore(registry),
  tallies: tallyStore(delivery),
  decisions: countedDecisions(delivery),
  fairShares: fairShareStore(delivery),
  writeCsv,
};

export const handler = endpoints({ ...reports, ...fairness }, { delivery: reportDelivery(deps), fairness: reportFairness(deps) }, deps);
