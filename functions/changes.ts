import { listChanges } from "../lib/app/changes.ts";
import { changes } from "../lib/contracts/changes.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { feedStore } from "../lib/store/feed.ts";

const deps = { now: festivalClock(), log, identify: identity(), catalogue: shippedCatalogue(), feed: feedStore(registryTable("write")) };

export const handler = endpoints(changes, { list: listChanges(deps) }, deps);
