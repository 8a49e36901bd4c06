import { meta } from "../lib/contracts/meta.ts";
import { openApi } from "../lib/contracts/openapi.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { log } from "../lib/deps/log.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { endpoints, identifyNobody } from "../lib/http/endpoints.ts";
import { seasonStore } from "../lib/store/seasons.ts";

const seasons = seasonStore(registryTable("serve"));
const document = openApi();

/** Also the answer to every address that is none: API Gateway's `$default` route leads here. */
export const handler = endpoints(
  meta,
  {
    openapi: async () => ({ ...document }),
    health: async () => {
      await seasons.roster();
      return { status: "ok" as const };
    },
  },
  { now: festivalClock(), log, identify: identifyNobody },
);
